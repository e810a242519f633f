"""What the exhibits say, show and draw follows the figures: change them and all change together."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from helpers import delivery, rounds
from helpers.edition import Edition
from helpers.exhibits import (
    bases,
    comparability,
    deprivation,
    findings,
    glance,
    money,
    overview,
    places,
    poverty,
    sources,
    topics,
)
from helpers.processed import Processed

DISTRICTS = ("phong-tho", "tam-duong", "than-uyen")
LANGUAGES = ("vi", "en")


@pytest.fixture(autouse=True)
def inside(project, monkeypatch):
    monkeypatch.chdir(project.notebooks)


def everything(edition, baseline=2019, endline=2022):
    found = rounds.compare(edition.table, baseline, endline)
    return [
        glance.summary(edition),
        glance.cards(edition),
        glance.facts(edition, "population"),
        glance.facts(edition, "economy"),
        poverty.comparison_sentences(edition, found),
        poverty.comparison_table(edition, found),
        poverty.standards_note(edition),
        poverty.trend_chart(edition),
        deprivation.sentence(edition),
        deprivation.chart(edition),
        deprivation.table(edition),
        poverty.changes_table(edition),
        poverty.composition_sentence(edition),
        poverty.composition_chart(edition),
        bases.reconciliation(edition),
        bases.inference(edition),
        bases.common_chart(edition),
        places.communes_sentence(edition),
        places.communes_table(edition),
        places.locator(edition),
        comparability.between_reports(edition),
        money.waterfall(edition),
        money.contradictions(edition),
        money.sentences(edition),
        money.capital_chart(edition),
        money.capital_table(edition),
        money.project_chart(edition),
        money.project_table(edition),
        money.envelope_table(edition),
        money.caution(edition),
        topics.coverage(edition),
        topics.caution(edition),
        topics.every(edition),
        sources.documents(edition),
        sources.notes(edition),
        sources.readings(edition),
        findings.sentence(edition),
        findings.table(edition),
        sources.statuses(edition),
        sources.every_figure(edition),
        sources.download(edition),
        sources.inputs(edition),
    ]


def html(fragments):
    return "\n".join(part._repr_html_() for part in fragments if part is not None)


def with_value(edition, indicator, round_, value):
    """The edition with another value in one poverty figure of the district."""
    table = edition.table.copy()
    whole = [row.figure for row in rounds.district_level(table)]
    rows = table["figure"].isin(whole)
    rows &= (table["indicator"] == indicator) & (table["round"] == round_)
    assert rows.sum() == 1
    table.loc[rows, "value"] = Decimal(value)
    processed = edition.processed
    changed = Processed(table, processed.documents, processed.findings, processed.inputs)
    return replace(edition, processed=changed)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("district", DISTRICTS)
def test_every_exhibit_shows_for_every_district(district, language):
    page = html(everything(Edition.open(district, language)))
    assert "None" not in page
    assert "{" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "rounds_", [(2019, 2021), (2021, 2022), (2022, 2022), (2022, 2019), (1999, 2030)]
)
def test_any_pair_of_rounds_can_be_compared(language, rounds_):
    edition = Edition.open("phong-tho", language)
    assert html(everything(edition, *rounds_))


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_printed_figure_stands_in_the_list_with_its_anchor(district):
    edition = Edition.open(district, "vi")
    page = sources.every_figure(edition)._repr_html_()
    for row in edition.table.itertuples():
        assert f'<tr id="{row.figure}">' in page
    shown = re.findall(r'<b lang="vi">(.*?)</b>', page)
    assert sorted(shown) == sorted(edition.table["printed"])


@pytest.mark.parametrize("district", DISTRICTS)
def test_every_link_to_a_figure_has_its_row(district):
    page = html(everything(Edition.open(district, "en")))
    targets = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= targets


def test_sentence_chart_alternative_and_table_change_together():
    edition = Edition.open("phong-tho", "en")
    changed = with_value(edition, "poverty_rate", 2021, "11.11")
    pairs = zip(everything(edition, 2019, 2021), everything(changed, 2019, 2021), strict=True)
    for before, after in pairs:
        if before is None or "18.52%" not in before._repr_html_():
            continue
        assert "11.11%" in after._repr_html_()
    chart = poverty.trend_chart(changed)
    assert "11.11%" in chart.alternative
    assert "11.11%" in chart.svg[1]
    assert "11.11%" in chart.data._repr_html_()
    said = poverty.comparison_sentences(changed, rounds.compare(changed.table, 2019, 2021))
    assert "14.53 percentage points" in repr(said)


def test_no_sentence_or_cell_gives_a_change_across_the_break():
    edition = Edition.open("phong-tho", "en")
    found = rounds.compare(edition.table, 2019, 2022)
    said = repr(poverty.comparison_sentences(edition, found))
    assert "percentage points" not in said
    assert "neither subtracted nor joined" in said
    cells = poverty.comparison_table(edition, found).groups[0][1]
    assert {re.sub(r"<.*?>", "", str(row[3])) for row in cells} == {"–"}


def test_the_two_standards_are_drawn_in_two_panels():
    chart = poverty.trend_chart(Edition.open("phong-tho", "vi"))
    assert "không nối với nhau" in chart.alternative
    assert "chuẩn 2016-2020" in chart.svg[1]
    assert "chuẩn 2022-2025" in chart.svg[1]


def test_not_assigned_nothing_disbursed_and_not_reported_are_three_things():
    cells = money.project_table(Edition.open("phong-tho", "en"))._repr_html_()
    for words in ("not assigned", "nothing disbursed", "not reported"):
        assert f">{words}<" in cells


def test_a_reading_is_marked_and_its_print_is_kept():
    edition = Edition.open("phong-tho", "vi")
    page = topics.table(edition, "credit")._repr_html_()
    assert "125.163,5 triệu đồng</a><a" in page
    assert "125.1635" in sources.readings(edition)._repr_html_()


def test_what_is_missing_is_said_in_words():
    edition = Edition.open("tam-duong", "en")
    found = rounds.compare(edition.table, 2019, 2022)
    assert "give no poverty figures" in repr(poverty.comparison_sentences(edition, found))
    assert "not reported" in repr(deprivation.sentence(edition)).lower()
    assert "not reported" in repr(money.capital_table(edition)).lower()


def test_the_download_holds_every_figure():
    import base64
    import csv
    import io

    edition = Edition.open("than-uyen", "vi")
    data = re.search(r"base64,([^\"]+)", sources.download(edition)._repr_html_())[1]
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(data).decode("utf-8-sig"))))
    assert [row["printed"] for row in rows] == list(edition.table["printed"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_ranks_nothing_and_names_every_district(language):
    seen = overview.open_all(language)
    page = html([overview.sentence(seen), overview.reports(seen), overview.matrix(seen)])
    names = [district.name for district in seen.coverages]
    assert names == sorted(names)
    assert all(f'href="{slug}.{language}.html"' in page for slug in DISTRICTS)


def crossing(edition):
    """Every difference of a poverty figure under one standard and the same under another."""
    found = set()
    for code in rounds.COMPARED:
        points = rounds.points(edition.table, code)
        for one in points:
            for other in points:
                if one.standard != other.standard:
                    found.add(abs(one.value - other.value))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rounds_", [(2019, 2022), (2021, 2022), (2019, 2021), (2022, 2019)])
def test_no_difference_across_two_standards_stands_anywhere_in_a_report(language, rounds_):
    edition = Edition.open("phong-tho", language)
    page = html(everything(edition, *rounds_))
    page = re.sub(r'base64,[^"]*', "", page)  # the data file holds printed figures only
    words = re.sub(r"<[^>]+>", " ", page) + " ".join(re.findall(r'title="([^"]*)"', page))
    differences = crossing(edition)
    assert len(differences) > 5
    for value in differences:
        written = re.escape(edition.number(value))
        assert not re.search(rf"(?<![\d.,]){written}(?![\d]|[.,]\d)", words), (value, rounds_)


@pytest.fixture
def full_district(tiny, registries):
    """A district with one figure of every indicator, poverty under both standards."""
    rows = []
    for code, indicator in registries.indicators.items():
        about = {"indicator": code, "unit": indicator.units[0], "printed": "12"}
        if indicator.by_standard:
            old = {**about, "standard": "2016-2020", "period": "2019-12-31"}
            rows += [old, {**about, "standard": "2022-2025"}]
        else:
            rows.append(about)
    for code in ("spr-2021-2025/1.1", "spr-2021-2025/3.2"):
        money = {"indicator": "capital_assigned", "unit": "million-vnd", "period": "2022"}
        rows.append({**money, "programme": code, "printed": "50", "scenario": "plan"})
    return tiny(*rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_district_with_every_topic(full_district, monkeypatch, language):
    monkeypatch.chdir(full_district.notebooks)
    edition = Edition.open("muong-te", language)
    page = html(everything(edition))
    for topic in set(edition.table["topic"]) & set(delivery.TOPICS):
        assert f'id="topic-{topic}"' in page
    seen = overview.open_all(language)
    assert html([overview.matrix(seen), comparability.between_districts(seen)])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "row",
    [
        {},
        {"indicator": "poverty_rate", "unit": "percent", "printed": "9%", "standard": "2022-2025"},
        {"indicator": "capital_assigned", "unit": "million-vnd", "printed": "không giao"},
        {
            "indicator": "outreach_turns",
            "unit": "person-turn",
            "printed": "trên 9",
            "area": "Mù Cả",
        },
    ],
)
def test_a_district_with_a_single_figure(tiny, monkeypatch, language, row):
    monkeypatch.chdir(tiny(row).notebooks)
    edition = Edition.open("muong-te", language)
    page = html(everything(edition))
    assert ("not reported" if language == "en" else "không có số liệu") in page.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_on_the_overview_leads_to_its_row_in_the_districts_report(language):
    seen = overview.open_all(language)
    page = comparability.between_districts(seen)._repr_html_()
    rows = {
        f"{edition.district.slug}.{language}.html#{figure}"
        for edition in seen.editions
        for figure in edition.figures
    }
    links = re.findall(r'class="f" href="([^"]+)"', page)
    assert links
    assert set(links) <= rows


def test_a_comparison_says_when_the_bases_differ(project):
    edition = Edition.open("phong-tho", "en")
    cells = poverty.comparison_table(edition, rounds.compare(edition.table, 2019, 2021)).groups[0][
        1
    ]
    verdicts = {str(row[0]): str(row[4]) for row in cells}
    assert "implied bases are 16,697 and 17,268 households" in verdicts["Poverty rate"]
    assert "implied bases" not in verdicts["Poor households"]
