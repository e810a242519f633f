"""What a district covers, and the overview of more districts than stand side by side."""

import re

import pytest

from helpers import comparability, coverage, processed
from helpers.exhibits import comparability as exhibit
from helpers.exhibits import overview
from helpers.project import LANGUAGES

DISTRICTS = ("phong-tho", "tam-duong", "than-uyen")
NAMES = ["Phong Thổ", "Tam Đường", "Than Uyên"]


def rows(fragment):
    """The cells of each row of a table, as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", fragment._repr_html_(), re.DOTALL)[1]
    return [
        [re.sub(r"<[^>]*>", " ", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


@pytest.mark.parametrize("district", DISTRICTS)
def test_what_is_kept_is_what_the_figures_cover(whole, district):
    kept = coverage.load(whole, district)
    found = processed.load(whole, district)
    assert kept == coverage.of(district, kept.name, found)
    assert kept.figures == len(found.table) == sum(count for count, _, _ in kept.topics.values())
    assert [source.number for source in kept.sources] == [
        document.number for document in found.documents.values()
    ]


def test_it_follows_the_sheets(copied):
    before = coverage.load(copied, "than-uyen")
    sheet = copied.raw / "than-uyen" / "2019" / "figures.csv"
    lines = sheet.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [line for line in lines if not line.startswith("f052,")]
    assert len(left) == len(lines) - 1
    sheet.write_text("".join(left), encoding="utf-8")
    assert coverage.load(copied, "than-uyen").figures == before.figures - 1


def test_a_file_that_is_broken_is_made_again(copied):
    before = coverage.load(copied, "than-uyen")
    (copied.processed / "than-uyen" / coverage.FILE).write_text('{"made_from": 1')
    assert coverage.load(copied, "than-uyen") == before


def test_a_tally_has_the_verdicts_of_the_lines(whole, registries):
    tables = {slug: processed.load(whole, slug).table for slug in DISTRICTS}
    lines = {line.indicator: line for line in comparability.lines(tables, registries)}
    tallied = comparability.tally(
        [coverage.load(whole, slug).headlines for slug in DISTRICTS], registries
    )
    assert tallied.keys() == lines.keys()
    for code, one in tallied.items():
        given = [entry for entry in lines[code].entries if entry.row is not None]
        assert (one.count, one.verdict(registries)) == (len(given), lines[code].verdict)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def few(language):
    return overview.open_all(language)


@pytest.fixture
def many(language, monkeypatch):
    """The same districts, as if they were too many to stand side by side."""
    monkeypatch.setattr(overview, "SIDE_BY_SIDE", 2)
    return overview.open_all(language)


def test_of_many_districts_no_figures_are_held(few, many):
    assert len(few.editions) == len(DISTRICTS)
    assert many.editions == []
    assert few.coverages == many.coverages


def test_many_districts_have_the_same_sentence_and_list(few, many):
    for show in (overview.sentence, overview.reports, exhibit.between_districts_sentence):
        assert show(many)._repr_html_() == show(few)._repr_html_()


def test_the_matrix_of_many_districts_is_that_of_few_turned(few, many, language):
    few_rows, many_rows = rows(overview.matrix(few)), rows(overview.matrix(many))
    assert [row[0] for row in many_rows] == NAMES
    counts = [[cell.split()[0] for cell in row[1:]] for row in few_rows]
    reported = [row for row in counts if any(cell.isdigit() for cell in row)]
    turned = [list(column) for column in zip(*reported, strict=True)]
    assert [[cell if cell.isdigit() else "" for cell in row] for row in turned] == [
        [cell if cell.isdigit() else "" for cell in row[1:]] for row in many_rows
    ]


def test_what_compares_between_many_districts_has_the_same_verdicts(few, many):
    side_by_side, counted = (rows(exhibit.between_districts(seen)) for seen in (few, many))
    assert [(row[0], row[-1]) for row in counted] == [(row[0], row[-1]) for row in side_by_side]
    assert all(int(row[1]) >= 2 for row in counted)
