"""Observations are exact, keep their origin, and come back from data/processed as they went in."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from conftest import DOCUMENT, write_sheet
from helpers import numbers, observations, processed, sheets
from helpers.errors import InputError

DISTRICT = "muong-te"
MONEY = {"indicator": "budget_revenue", "unit": "million-vnd", "period": "2022"}
READ = {
    "printed": "125.1635",
    "reading": "125.163,5",
    "reading_of": "125.1635",
    "reason_vi": "Dấu chấm đặt sai chỗ.",
    "reason_en": "The point is misplaced.",
}


def build(project):
    return list(observations.build(sheets.load(project, DISTRICT)).itertuples())


def sheet_of(project):
    return project.raw / DISTRICT / "2022" / "figures.csv"


def type_sheet(project, typed):
    """Write a sheet with every cell in quotes, so that it may hold anything."""
    columns = ["id", "section", *dict.fromkeys(column for row in typed for column in row)]
    with sheet_of(project).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {"id": f"f{n}", "section": "II.1 fn4", **row} for n, row in enumerate(typed)
        )


def written(project):
    folder = project.processed / DISTRICT
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def same(one: processed.Processed, other: processed.Processed) -> None:
    assert_frame_equal(one.table, other.table)
    assert one.documents == other.documents
    assert one.findings == other.findings
    assert one.inputs == other.inputs


@pytest.fixture
def never_ingested(monkeypatch):
    """Make sure that what is loaded was read from data/processed."""

    def use():
        def refuse(*_):
            raise AssertionError("it was ingested anew")

        monkeypatch.setattr(processed, "ingest", refuse)

    return use


# ------------------------------------------------------------------------- one figure
@pytest.mark.parametrize(
    ("indicator", "unit", "kept_in", "factor"),
    [
        ("budget_revenue", "vnd", "million-vnd", Fraction(1, 10**6)),
        ("budget_revenue", "thousand-vnd", "million-vnd", Fraction(1, 1000)),
        ("budget_revenue", "million-vnd", "million-vnd", Fraction(1)),
        ("budget_revenue", "billion-vnd", "million-vnd", Fraction(1000)),
        ("natural_area", "km2", "km2", Fraction(1)),
        ("natural_area", "ha", "km2", Fraction(1, 100)),
        ("natural_area", "m2", "km2", Fraction(1, 10**6)),
        ("crop_area", "ha", "ha", Fraction(1)),
        ("crop_area", "km2", "ha", Fraction(100)),
        ("crop_area", "m2", "ha", Fraction(1, 10**4)),
        ("population", "person", "person", Fraction(1)),
    ],
)
@pytest.mark.parametrize(
    ("printed", "value", "digit"),
    [
        ("102.924,5", Fraction(1029245, 10), Fraction(1, 10)),
        ("06", Fraction(6), Fraction(1)),
        ("trên 0,333", Fraction(333, 1000), Fraction(1, 1000)),
    ],
)
def test_values_are_turned_into_the_unit_kept_exactly(
    tiny, indicator, unit, kept_in, factor, printed, value, digit
):
    (row,) = build(tiny({"indicator": indicator, "unit": unit, "printed": printed}))
    assert row.unit == kept_in
    assert Fraction(row.value) == value * factor
    assert Fraction(row.resolution) == digit * factor


def test_a_row_keeps_where_it_stands_and_what_it_is_part_of(tiny):
    first, second = build(
        tiny(
            {"area": "Pa Ủ; Thị trấn", "section": "II.1 fn4", "note_en": "A note."},
            {"part_of": "f001 f001@sex", "within": "f001", "printed": "gần 5"},
        )
    )
    assert (first.figure, first.document, first.section) == ("2022-f001", "2022", "II.1 fn4")
    assert (first.area, first.area_printed) == ("03442 03433", "Pa Ủ; Thị trấn")
    assert (first.topic, first.nature, first.note_en) == ("population", "stock", "A note.")
    assert second.part_of == "2022-f001 2022-f001@sex"
    assert second.within == "2022-f001"
    assert (second.bound, second.printed) == ("<", "gần 5")


def test_a_row_belongs_to_the_days_and_the_round_of_its_period(tiny):
    stock, flow = build(tiny({"period": "2021-12-31"}, {**MONEY, "period": "2021-07/2022"}))
    assert (stock.start, stock.end, stock.instant) == (date(2021, 12, 31), date(2021, 12, 31), True)
    assert (flow.start, flow.end, flow.instant) == (date(2021, 7, 1), date(2022, 12, 31), False)
    assert (stock.round, flow.round) == (2021, 2022)


@pytest.mark.parametrize("certainty", sheets.CERTAINTIES)
def test_a_reading_never_replaces_the_print(tiny, certainty):
    (row,) = build(tiny({**READ, "certainty": certainty}))
    assert (row.printed, row.reading) == ("125.1635", "125.163,5")
    assert row.value == Decimal("125163.5")
    assert row.resolution == Decimal("0.1")
    assert (row.certainty, row.reason_en) == (certainty, "The point is misplaced.")


@pytest.mark.parametrize(
    ("row", "draft", "status"),
    [
        ({}, False, "A"),
        ({}, True, "P"),
        ({"scenario": "plan"}, False, "A"),
        ({"scenario": "estimate"}, False, "E"),
        ({**READ, "certainty": "certain"}, False, "A"),
        ({**READ, "certainty": "certain"}, True, "P"),
        ({**READ, "certainty": "likely"}, False, "U"),
        ({**READ, "certainty": "unsure"}, False, "U"),
        ({**MONEY, "printed": "không giao"}, False, "M"),
        ({"scenario": "estimate"}, True, "E"),
        ({**READ, "certainty": "likely", "scenario": "estimate"}, True, "U"),
        ({**MONEY, "printed": "không giao", "scenario": "estimate"}, True, "M"),
    ],
)
def test_the_weightiest_status_holds(tiny, row, draft, status):
    document = DOCUMENT + f"draft = {str(draft).lower()}\n"
    (found,) = build(tiny(row, document=document))
    assert found.status == status
    assert (found.value is None) == (status == "M")


def test_not_assigned_has_no_value_yet_is_no_missing_row(tiny):
    first, second = build(tiny({**MONEY, "printed": "không giao"}, {**MONEY, "printed": "0"}))
    assert (first.value, first.printed) == (None, "không giao")
    assert second.value == 0


def test_the_table_is_as_promised(tiny):
    table = observations.build(sheets.load(tiny({}, {**MONEY, "printed": "không giao"}), DISTRICT))
    assert tuple(table.columns) == observations.COLUMNS
    kinds = {
        **dict.fromkeys(observations.COLUMNS, str),
        **{"value": Decimal, "resolution": Decimal, "start": date, "end": date},
    }
    for row in table.drop(columns=["instant", "round"]).to_dict("records"):
        for column, value in row.items():
            absent = column == "value" and row["status"] == "M"
            assert value is None if absent else isinstance(value, kinds[column]), column
    assert (table["instant"].dtype, table["round"].dtype.kind) == (bool, "i")


# ------------------------------------------------------------------------- written and read
def test_what_is_loaded_is_what_was_ingested(copied, never_ingested):
    ingested = {district: processed.ingest(copied, district) for district in copied.districts}
    assert ingested
    never_ingested()
    for district, made in ingested.items():
        same(processed.load(copied, district), made)


def test_a_district_is_ingested_when_it_is_first_loaded(tiny):
    project = tiny({"printed": "5"})
    assert written(project) == {}
    same(processed.load(project, DISTRICT), processed.load(project, DISTRICT))
    assert {"observations.csv", "documents.csv", "inputs.json"} <= set(written(project))


def test_values_in_the_files_are_plain_and_exact(tiny):
    project = tiny(
        {"indicator": "natural_area", "unit": "m2", "printed": "0,5"},
        {"indicator": "budget_revenue", "unit": "billion-vnd", "printed": "20"},
    )
    processed.ingest(project, DISTRICT)
    with (project.processed / DISTRICT / "observations.csv").open(encoding="utf-8") as file:
        values = [row["value"] for row in csv.DictReader(file)]
    assert values == ["0.0000005", "20000"]


def test_a_changed_sheet_is_ingested_anew(tiny):
    project = tiny({"printed": "5"})
    assert list(processed.load(project, DISTRICT).table["value"]) == [5]
    write_sheet(sheet_of(project), ({"printed": "6"}, {"printed": "7"}))
    assert list(processed.load(project, DISTRICT).table["value"]) == [6, 7]


def test_a_changed_document_is_ingested_anew(tiny):
    project = tiny({})
    assert list(processed.load(project, DISTRICT).table["status"]) == ["A"]
    path = sheet_of(project).with_name("document.toml")
    path.write_text(DOCUMENT + "draft = true\n", encoding="utf-8")
    loaded = processed.load(project, DISTRICT)
    assert list(loaded.table["status"]) == ["P"]
    assert loaded.documents["2022"].draft


def test_a_changed_registry_is_ingested_anew(tiny):
    project = tiny(MONEY)
    before = processed.load(project, DISTRICT).table["topic"].item()
    path = project.reference / "indicators.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("budget_revenue,economy,", "budget_revenue,budget,"), "utf-8")
    assert (before, processed.load(project, DISTRICT).table["topic"].item()) == (
        "economy",
        "budget",
    )


def test_a_new_and_a_removed_document_are_noticed(tiny):
    project = tiny({"printed": "5"})
    processed.load(project, DISTRICT)
    folder = project.raw / DISTRICT / "2020"
    folder.mkdir()
    (folder / "document.toml").write_text(DOCUMENT, encoding="utf-8")
    write_sheet(folder / "figures.csv", ({"printed": "4"},))
    loaded = processed.load(project, DISTRICT)
    assert list(loaded.table["figure"]) == ["2020-f001", "2022-f001"]
    assert list(loaded.documents) == ["2020", "2022"]
    for path in (*folder.iterdir(), folder):
        path.rmdir() if path.is_dir() else path.unlink()
    assert list(processed.load(project, DISTRICT).table["figure"]) == ["2022-f001"]


def test_nothing_is_ingested_anew_when_only_the_clock_moved(tiny, never_ingested):
    project = tiny({"printed": "5"})
    made = processed.load(project, DISTRICT)
    sheet_of(project).touch()
    never_ingested()
    same(processed.load(project, DISTRICT), made)


@pytest.mark.parametrize("name", ["observations.csv", "documents.csv", "inputs.json"])
def test_what_was_removed_from_the_processed_files_is_made_again(tiny, name):
    project = tiny({"printed": "5"})
    made = processed.load(project, DISTRICT)
    (project.processed / DISTRICT / name).unlink()
    same(processed.load(project, DISTRICT), made)


def test_processed_files_of_an_older_version_are_made_again(tiny):
    project = tiny({"printed": "5"})
    made = processed.load(project, DISTRICT)
    path = project.processed / DISTRICT / "observations.csv"
    older = made.table.drop(columns="within").to_csv(index=False, lineterminator="\n")
    path.write_text(older, encoding="utf-8")
    same(processed.load(project, DISTRICT), made)


@pytest.mark.parametrize("load", [processed.ingest, processed.load])
def test_nothing_is_written_when_a_sheet_is_wrong(tiny, load):
    project = tiny({"unit": "persons"})
    with pytest.raises(InputError, match="persons"):
        load(project, DISTRICT)
    assert written(project) == {}


@pytest.mark.parametrize("load", [processed.ingest, processed.load])
def test_what_was_written_stays_when_a_sheet_becomes_wrong(tiny, load):
    project = tiny({"printed": "5"})
    processed.ingest(project, DISTRICT)
    before = written(project)
    write_sheet(sheet_of(project), ({"printed": "6"}, {"printed": "1.23"}))
    with pytest.raises(InputError, match=r"1\.23"):
        load(project, DISTRICT)
    assert written(project) == before


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"], ids=["cr", "lf", "crlf"])
def test_a_note_of_several_lines_comes_back_whatever_its_line_ends(tiny, end):
    project = tiny({})
    type_sheet(
        project, [{**MONEY, "scenario": "actual", "printed": "5", "note_vi": f"một{end}hai"}]
    )
    made = processed.ingest(project, DISTRICT)
    assert made.table["note_vi"].item().splitlines() == ["một", "hai"]
    same(processed.load(project, DISTRICT), made)


# ------------------------------------------------------------------------- any row
words = st.text(st.sampled_from("aạĐ1.,;:'\"“%|\\#=+ \t\n"), max_size=12).map(str.strip) | (
    st.sampled_from(["NA", "nan", "None", "null", "True", "1e5", '"', "=1+1", "", "x\u2028x"])
)
amounts = st.builds(
    lambda bound, digits, places: (
        bound + numbers.write(Decimal(digits).scaleb(-places), "vi", places)
    ),
    st.sampled_from(["", "", "trên ", "gần ", "khoảng "]),
    st.integers(0, 10**12),
    st.integers(0, 4),
)
kinds = st.sampled_from(
    [
        {"indicator": "population", "unit": "person"},
        {"indicator": "natural_area", "unit": "m2"},
        {"indicator": "crop_area", "unit": "km2"},
        {"indicator": "budget_revenue", "unit": "vnd", "fund": "recurrent"},
        {"indicator": "budget_revenue", "unit": "billion-vnd", "programme": "spr-2021-2025/1"},
        {"indicator": "poor_households", "unit": "household", "standard": "2022-2025"},
        {"indicator": "poverty_rate", "unit": "percent", "standard": "2022-2025"},
    ]
)
readings = st.just({}) | st.builds(
    lambda reading, vi, en, certainty: {
        "printed": "125.1635",
        "reading": reading,
        "reading_of": "125.1635",
        "reason_vi": vi or "Vì thế.",
        "reason_en": en or "So.",
        "certainty": certainty,
    },
    amounts,
    words,
    words,
    st.sampled_from(sheets.CERTAINTIES),
)


@st.composite
def typed_rows(draw):
    texts = {name: draw(words) for name in ("detail_vi", "detail_en", "note_vi", "note_en")}
    return {
        **draw(kinds),
        "printed": draw(amounts),
        "area": draw(st.sampled_from(["", "Pa Ủ", "Thị trấn; Pa Ủ", "Trung Chải (Nậm Nhùn)"])),
        "period": draw(st.sampled_from(["2022-12-31", "2022", "2021-07/2022-12"])),
        "scenario": draw(st.sampled_from(sheets.SCENARIOS)),
        **texts,
        **draw(readings),
    }


@given(typed=st.lists(typed_rows(), min_size=1, max_size=4))
@settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each example is an ingest: too slow to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_valid_row_is_loaded_as_it_was_typed(project_of_any_rows, typed):
    project = project_of_any_rows
    type_sheet(project, typed)
    made = processed.ingest(project, DISTRICT)
    loaded = processed.load(project, DISTRICT)
    same(loaded, made)
    assert len(loaded.table) == len(typed)
    for row, given_row in zip(loaded.table.to_dict("records"), typed, strict=True):
        for column in set(given_row) & set(row) - {"area", "unit"}:
            assert row[column] == given_row[column]
        assert row["area_printed"] == given_row["area"]
        taken = numbers.read(given_row.get("reading") or given_row["printed"])
        assert row["bound"] == taken.bound
        assert (row["value"] == 0) == (taken.value == 0)
        assert row["value"] * Decimal(10) ** -taken.decimals == taken.value * row["resolution"]


@pytest.fixture
def project_of_any_rows(tiny):
    return tiny({})
