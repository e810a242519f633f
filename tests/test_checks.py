"""Each kind of check: a case that holds, one within rounding, one cut off, one that fails."""

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import checks, periods, processed
from helpers.checks import Statement
from helpers.observations import COLUMNS
from helpers.sheets import Document

DAY = date(2022, 12, 31)
USUAL = dict.fromkeys(COLUMNS, "") | {
    "document": "d",
    "section": "I",
    "topic": "funds",
    "indicator": "fund_raised",
    "nature": "flow",
    "start": DAY,
    "end": DAY,
    "instant": True,
    "round": 2022,
    "scenario": "actual",
    "bound": "=",
    "unit": "million-vnd",
    "status": "A",
}
DOCUMENT = Document("d", "", "", "", "", "", *[periods.read("2022-12-31")] * 3, False, "", "", "")


def row(name, printed, **changes):
    """An observation printed in English decimals, such as "1.40"."""
    value = Decimal(printed)
    resolution = Decimal(1).scaleb(value.as_tuple().exponent)
    return USUAL | {
        "figure": f"d-{name}",
        "printed": printed,
        "value": value,
        "resolution": resolution,
        **changes,
    }


def findings(registries, rows, kind=None, statements=()):
    table = pd.DataFrame.from_records(rows, columns=COLUMNS)
    found = checks.run(table, {"d": DOCUMENT}, registries, "phong-tho", statements)
    return [one for one in found if kind in (None, one.kind)]


def only(registries, rows, kind, **more):
    found = findings(registries, rows, kind, **more)
    assert len(found) == 1, found
    return found[0]


def parts(total, *values, **changes):
    return [
        row("t", total, **changes),
        *(row(f"p{n}", value, part_of="d-t", **changes) for n, value in enumerate(values)),
    ]


# ------------------------------------------------------------ totals and parts
@pytest.mark.parametrize(
    ("total", "values", "verdict"),
    [
        ("3.0", ("1.0", "2.0"), "holds"),
        ("2.9", ("1.4", "1.4"), "rounding"),
        ("2.6", ("1.4", "1.4"), "truncation"),
        ("5.0", ("1.4", "1.4"), "fails"),
    ],
)
def test_a_total_and_its_parts(registries, total, values, verdict):
    assert only(registries, parts(total, *values), "sum").verdict == verdict


def test_counts_are_exact(registries):
    counted = {"indicator": "members_admitted", "unit": "person", "topic": "organisation"}
    assert only(registries, parts("3", "1", "2", **counted), "sum").verdict == "holds"
    found = only(registries, parts("4", "1", "2", **counted), "sum")
    assert (found.verdict, found.gap) == ("fails", 1)


def test_a_total_that_is_a_bound_is_only_suspicious(registries):
    rows = parts("100", "50", "40")
    rows[0]["bound"] = ">"
    assert only(registries, rows, "sum").verdict == "suspicious"


def test_two_ways_of_dividing_a_total_are_two_checks(registries):
    rows = [
        row("t", "6"),
        row("a", "3", part_of="d-t@year"),
        row("b", "3", part_of="d-t@year"),
        row("c", "2", part_of="d-t@group"),
        row("e", "1", part_of="d-t@group"),
    ]
    verdicts = [one.verdict for one in findings(registries, rows, "sum")]
    assert sorted(verdicts) == ["fails", "holds"]


@pytest.mark.parametrize(("part", "verdict"), [("5", "holds"), ("5.4", "rounding"), ("7", "fails")])
def test_a_part_does_not_exceed_its_whole(registries, part, verdict):
    rows = [row("w", "5"), row("p", part, within="d-w")]
    assert only(registries, rows, "within").verdict == verdict


# ------------------------------------------------------------ rates
def poverty(count, rate, base=None, name="poor", indicator="poor_households", code="poverty_rate"):
    about = {"standard": "2022-2025", "topic": "poverty"}
    rows = [
        row(f"{name}-c", count, indicator=indicator, unit="household", **about),
        row(f"{name}-r", rate, indicator=code, unit="percent", nature="rate", **about),
    ]
    if base:
        rows.append(row("base", base, indicator="households", unit="household"))
    return rows


@pytest.mark.parametrize(
    ("count", "base", "rate", "verdict"),
    [
        ("50", "100", "50", "holds"),
        ("100", "300", "33.33", "rounding"),
        ("200", "300", "66.66", "truncation"),
        ("200", "300", "60.00", "fails"),
    ],
)
def test_a_rate_is_its_count_over_its_base(registries, count, base, rate, verdict):
    assert only(registries, poverty(count, rate, base), "rate").verdict == verdict


def test_a_base_of_another_year_only_raises_a_suspicion(registries):
    rows = poverty("200", "60.00", "300")
    rows[2] |= {"round": 2021, "end": date(2021, 12, 31), "start": date(2021, 12, 31)}
    assert only(registries, rows, "rate").verdict == "suspicious"


@pytest.mark.parametrize(
    ("count", "rate", "verdict"),
    [("94", "91.3", "holds"), ("94", "91.2", "truncation"), ("3", "70.0", "fails")],
)
def test_the_base_that_count_and_rate_imply_is_a_whole_number(registries, count, rate, verdict):
    found = only(registries, poverty(count, rate), "implied_base")
    assert found.verdict == verdict


def near_poor(count, rate):
    return poverty(count, rate, None, "near", "near_poor_households", "near_poverty_rate")


def test_two_rates_over_one_base_imply_one_base(registries):
    rows = poverty("1000", "10.00") + near_poor("2000", "20.00")
    assert only(registries, rows, "common_base").verdict == "holds"
    assert findings(registries, rows, "two_bases") == []


def test_two_rates_that_imply_two_bases_are_found(registries):
    rows = poverty("1000", "10.00") + near_poor("2000", "25.00")
    found = only(registries, rows, "two_bases")
    assert found.verdict == "fails"
    assert {found.left_value, found.right_value} == {10000, 8000}


# ------------------------------------------------------------ the other kinds
def test_the_same_thing_stated_twice(registries):
    assert only(registries, [row("a", "5"), row("b", "5")], "repeat").verdict == "holds"
    assert only(registries, [row("a", "5"), row("b", "5.4")], "repeat").verdict == "rounding"
    assert only(registries, [row("a", "5"), row("b", "8")], "repeat").verdict == "fails"


@pytest.mark.parametrize(("third", "verdict"), [("20.0", "holds"), ("40.0", "fails")])
def test_shares_do_not_exceed_the_whole(registries, third, verdict):
    about = {"indicator": "ethnic_share", "unit": "percent", "nature": "rate"}
    rows = [
        row(name, value, detail_en=name, **about)
        for name, value in (("a", "50.0"), ("b", "30.0"), ("c", third))
    ]
    assert only(registries, rows, "shares").verdict == verdict


@pytest.mark.parametrize(("printed", "verdict"), [("2", "holds"), ("3", "fails")])
def test_a_number_of_communes_is_the_number_of_names(registries, printed, verdict):
    about = {"indicator": "radio_communes", "unit": "commune", "topic": "communication"}
    rows = [row("a", printed, area="03571 03568", area_printed="Dào San; Mù Sang", **about)]
    assert only(registries, rows, "named_places").verdict == verdict


@pytest.mark.parametrize(("last", "verdict"), [("4", "suspicious"), ("5", "holds")])
def test_a_plan_met_in_every_cell(registries, last, verdict):
    rows = []
    for n, (plan, actual) in enumerate((("1", "1"), ("2", "2"), ("3", "3"), ("4", last))):
        about = {"section": "annex 1", "detail_en": f"row {n}"}
        rows.append(row(f"p{n}", plan, scenario="plan", **about))
        rows.append(row(f"a{n}", actual, **about))
    assert only(registries, rows, "plan_is_actual").verdict == verdict


@pytest.mark.parametrize(("lent", "verdict"), [("4000", "holds"), ("12.5", "suspicious")])
def test_a_value_per_household_far_out_of_line(registries, lent, verdict):
    rows = [
        row("l", lent, indicator="loans_lent", topic="credit"),
        row("h", "100", indicator="loan_households", unit="household", topic="credit"),
    ]
    assert only(registries, rows, "magnitude").verdict == verdict


def test_a_reading_a_variant_name_a_place_elsewhere_and_a_late_date(registries):
    malformed = row("a", "5") | {"reading": "5", "printed": "5, 0"}
    assert findings(registries, [malformed], "print")
    variant = row("a", "5", area="03571", area_printed="Đào San")
    assert findings(registries, [variant], "spelling")
    official = row("a", "5", area="03571", area_printed="Dào San")
    assert not findings(registries, [official], "spelling")
    outside = row("a", "5", area="03503", area_printed="Trung Chải (Nậm Nhùn)")
    assert findings(registries, [outside], "outside")
    assert findings(registries, [row("a", "5", end=date(2023, 1, 31))], "future")
    assert not findings(registries, [row("a", "5")], "future")


@pytest.mark.parametrize(
    ("left", "relation", "right", "verdict"),
    [
        (("d-a", "×", "d-b"), "=", ("d-c", "+", "1"), "holds"),
        (("d-a",), "≤", ("d-b",), "holds"),
        (("d-c",), "≤", ("d-b",), "fails"),
        (("d-a", "+", "d-b"), "=", ("d-c",), "holds"),
        (("d-a",), "=", ("d-c",), "fails"),
        (("d-b", "/", "d-a"), "=", ("1.6",), "rounding"),
        (("d-a",), "span", ("d-b",), "holds"),
        (("d-a",), "span", ("d-late",), "suspicious"),
    ],
)
def test_a_statement(registries, left, relation, right, verdict):
    rows = [row("a", "2"), row("b", "3", detail_en="b"), row("c", "5", detail_en="c")]
    rows.append(row("late", "2", start=date(2021, 1, 1), instant=False, detail_en="l"))
    stated = Statement(left, relation, right, "vì", "because")
    kind = "span" if relation == "span" else "statement"
    found = only(registries, rows, kind, statements=[stated])
    assert found.verdict == verdict
    assert found.reason_en == "because"


# ------------------------------------------------------------ properties
amounts = st.decimals(1, 5_000, places=4)
precisions = st.tuples(st.integers(0, 3), st.sampled_from([ROUND_HALF_UP, ROUND_DOWN]))


def as_printed(value, precision):
    decimals, how = precision
    return str(value.quantize(Decimal(1).scaleb(-decimals), how))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(amounts, precisions), min_size=1, max_size=6), precisions)
def test_a_consistent_table_never_fails_whatever_its_precision(registries, found, precision):
    total = sum(value for value, _ in found)
    rows = parts(as_printed(total, precision), *(as_printed(v, p) for v, p in found))
    assert only(registries, rows, "sum").verdict in ("holds", "rounding", "truncation")


@settings(max_examples=60, deadline=None)
@given(st.lists(amounts, min_size=1, max_size=6), st.integers(0, 3), st.integers(1, 9))
def test_a_changed_digit_is_found(registries, values, decimals, change):
    precision = (decimals, ROUND_HALF_UP)
    printed = [as_printed(value, precision) for value in values]
    unit = Decimal(1).scaleb(-decimals)
    # More than rounding or cutting off could explain in all the prints together.
    off = unit * (len(values) + 2) * 10 * change
    total = as_printed(sum(values) + off, precision)
    found = only(registries, parts(total, *printed), "sum")
    assert found.verdict == "fails"
    assert 0 < found.gap <= off + unit * (len(values) + 2)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5_000), st.integers(1, 20_000), precisions)
def test_a_consistent_rate_never_fails(registries, count, more, precision):
    base = count + more
    rate = as_printed(Decimal(count) * 100 / Decimal(base), precision)
    if Decimal(rate) == 0:
        return
    found = only(registries, poverty(str(count), rate, str(base)), "rate")
    assert found.verdict in ("holds", "rounding", "truncation")


# ------------------------------------------------------------ the real reports
def test_the_four_reports_hold_well_over_sixty_oddities(project):
    telling = [
        finding
        for district in project.districts
        for finding in processed.load(project, district).findings
        if finding.verdict not in ("holds", "rounding")
    ]
    assert len(telling) >= 60


def test_known_contradictions_are_found(project):
    found = {
        district: {
            (one.kind, one.figures[0]): one
            for one in processed.load(project, district).findings
            if one.verdict == "fails"
        }
        for district in project.districts
    }
    drafts = found["tam-duong"]["sum", "2023-f143"]
    assert (drafts.left_value, drafts.right_value, drafts.gap) == (80, 86, 6)
    dialogues = found["tam-duong"]["sum", "2023-f159"]
    assert (dialogues.left_value, dialogues.right_value) == (1679, 1682)
    recurrent = found["phong-tho"]["sum", "2022-f068"]
    assert (recurrent.left_value, recurrent.right_value) == (10875, 10505)


def test_a_finding_changes_no_value(project):
    for district in project.districts:
        loaded = processed.load(project, district)
        before = loaded.table.copy(deep=True)
        from helpers import reference

        registries = reference.load(project)
        checks.run(loaded.table, loaded.documents, registries, district)
        pd.testing.assert_frame_equal(loaded.table, before)
