"""Figure sheets: a mistake is refused with its place, what was found and what is allowed."""

from decimal import Decimal

import pytest
from openpyxl import Workbook

from conftest import DOCUMENT, write_sheet
from helpers import sheets
from helpers.errors import InputError
from helpers.numbers import PrintedNumber

FOLDER = "data/raw/muong-te/2022"
SHEET = f"{FOLDER}/figures.csv"
POOR = {"indicator": "poor_households", "unit": "household", "standard": "2022-2025"}
READ = {
    "printed": "125.1635",
    "reading": "125.163,5",
    "reading_of": "125.1635",
    "reason_vi": "Dấu chấm đặt sai chỗ.",
    "reason_en": "The point is misplaced.",
    "certainty": "likely",
}


def load(project):
    return sheets.load(project, "muong-te")


def refusal(project) -> str:
    with pytest.raises(InputError) as error:
        load(project)
    return str(error.value)


def figures(project):
    (sheet,) = load(project)
    return sheet.figures


def without(row, *columns):
    return {column: value for column, value in row.items() if column not in columns}


# ------------------------------------------------------------------------- what is right
def test_a_row_becomes_a_figure(tiny):
    row = {"indicator": "natural_area", "unit": "ha", "printed": "trên 1.034,6", "area": "Pa Ủ"}
    (figure,) = figures(tiny(row))
    assert figure.id == "f001"
    assert figure.stated == figure.taken == PrintedNumber(Decimal("1034.6"), 1, ">")
    assert figure.reading is None
    assert (figure.unit.code, figure.kept_in.code) == ("ha", "km2")
    assert figure.areas == ("03442",)
    assert figure.row["printed"] == "trên 1.034,6"


def test_a_reading_is_taken_and_the_print_kept(tiny):
    (figure,) = figures(tiny(READ))
    assert figure.stated is None
    assert figure.taken == figure.reading == PrintedNumber(Decimal("125163.5"), 1)
    assert figure.row["printed"] == "125.1635"


def test_an_impossible_figure_may_have_a_reading_too(tiny):
    read = {**READ, "printed": "1034,6", "reading_of": "1034,6", "reading": "1.034"}
    (figure,) = figures(tiny(read))
    assert figure.stated.value == Decimal("1034.6")
    assert figure.taken.value == 1034


def test_places_and_totals_are_resolved(tiny):
    first, second = figures(
        tiny({"area": "Pa Ủ; Thị trấn"}, {"part_of": "f001 f001@sex", "within": "f001"})
    )
    assert first.areas == ("03442", "03433")
    assert second.part_of == (("f001", ""), ("f001", "sex"))
    assert second.within == ("f001",)


@pytest.mark.parametrize(
    "section",
    [
        *("opening", "I", "II.2.1", "P1.II.4.3.a", "II.1 fn4", "P2.opening", "annex 1"),
        *("XIV.12.3", "opening fn2"),
    ],
)
def test_a_section_is_a_path_of_headings(tiny, section):
    (figure,) = figures(tiny({"section": section}))
    assert figure.row["section"] == section


@pytest.mark.parametrize(("standard", "year"), [("2016-2020", 2021), ("2022-2025", 2022)])
def test_a_standard_holds_for_the_reviews_of_its_years(tiny, standard, year):
    (figure,) = figures(tiny({**POOR, "standard": standard, "period": f"{year}-12-31"}))
    assert figure.period.round == year


@pytest.mark.parametrize(
    "row",
    [
        {"indicator": "minority_share", "unit": "percent"},
        {**POOR, "indicator": "poverty_rate_fall", "unit": "percentage-point"},
    ],
    ids=["share", "difference"],
)
def test_a_percent_sign_goes_with_shares_and_their_differences(tiny, row):
    (figure,) = figures(tiny({**row, "printed": "4,5%"}))
    assert figure.taken == PrintedNumber(Decimal("4.5"), 1, percent=True)


def test_a_workbook_gives_the_same_figures(tiny):
    project = tiny(READ, {"area": "Pa Ủ", "printed": "06"})
    typed = figures(project)
    path = project.raw / "muong-te/2022/figures.xlsx"
    book = Workbook()
    columns = list(typed[0].row.cells)
    book.active.append(columns)
    for figure in typed:
        book.active.append([figure.row[column] or None for column in columns])
    book.save(path)
    path.with_suffix(".csv").unlink()
    assert figures(project) == typed


def test_the_real_sheets_load(project):
    for district in project.districts:
        loaded = sheets.load(project, district)
        assert [sheet.document.code for sheet in loaded] == [
            folder.name for folder in project.documents(district)
        ]
        for sheet in loaded:
            assert sheet.figures
            assert len({figure.id for figure in sheet.figures}) == len(sheet.figures)
            assert all(figure.stated or figure.reading for figure in sheet.figures)


# ------------------------------------------------------------------------- what is wrong in a row
WRONG = {
    "no id": ({"id": ""}, "id", "''", "a letter, then letters and digits"),
    "an id with a capital": ({"id": "F1"}, "id", "'F1'", "a letter, then letters and digits"),
    "an id of digits": ({"id": "12"}, "id", "'12'", "a letter, then letters and digits"),
    "no section": ({"section": ""}, "section", "''", "II.2.1"),
    "a section in words": ({"section": "Phần II"}, "section", "'Phần II'", "II.2.1"),
    "a section in other digits": ({"section": "II.２"}, "section", "'II.２'", "II.2.1"),
    "no indicator": ({"indicator": ""}, "indicator", "empty", "data/raw/reference/indicators.csv"),
    "an unknown indicator": (
        {"indicator": "populations"},
        "indicator",
        "'populations'",
        "did you mean 'population'",
    ),
    "an unknown unit": ({"unit": "persons"}, "unit", "'persons'", "did you mean 'person'"),
    "a unit of something else": (
        {"unit": "ha"},
        "unit",
        "'ha' does not measure population",
        "person",
    ),
    "an unknown organisation": (
        {"organisation": "womens"},
        "organisation",
        "'womens'",
        "did you mean 'women'",
    ),
    "an unknown programme": (
        {"programme": "spr-2021-2025/9"},
        "programme",
        "'spr-2021-2025/9'",
        "data/raw/reference/programmes.csv",
    ),
    "an unknown fund": ({"fund": "recurent"}, "fund", "'recurent'", "did you mean 'recurrent'"),
    "an unknown place": ({"area": "Pa Ủ; Pa Vệ Xử"}, "area", "'Pa Vệ Xử'", "separate several by"),
    "a place of another district": (
        {"area": "Tả Lèng"},
        "area",
        "'Tả Lèng'",
        "data/raw/reference/areas.csv",
    ),
    "no period": ({"period": ""}, "period", "''", "2018/2019-09"),
    "a period in local style": ({"period": "31/12/2022"}, "period", "'31'", "2018/2019-09"),
    "a period backwards": ({"period": "2022/2021"}, "period", "2022-01-01", "2018/2019-09"),
    "no scenario": ({"scenario": ""}, "scenario", "''", "plan, actual, estimate"),
    "an unknown scenario": (
        {"scenario": "planned"},
        "scenario",
        "'planned'",
        "nearest is 'plan'; allowed are plan, actual, estimate",
    ),
    "no print": ({"printed": ""}, "printed", "empty", "exactly as printed"),
    "a malformed print": (
        {"printed": "102,924,5"},
        "printed",
        "'102,924,5' is malformed: it has two decimal commas",
        "say in column reading how you read it",
    ),
    "a malformed reading": (
        {**READ, "reading": "125,163,5"},
        "reading",
        "'125,163,5' is malformed",
        "Vietnamese print",
    ),
    "a print that was corrected after it was read": (
        {**READ, "printed": "125.1636"},
        "reading_of",
        "'125.1635', but the print is '125.1636'",
        "look at the document again",
    ),
    "a reading of nothing": (without(READ, "reading_of"), "reading_of", "''", "repeat the printed"),
    "a reading without its reason": (without(READ, "reason_vi"), "reason_vi", "empty", "why"),
    "a reading without its English reason": (
        without(READ, "reason_en"),
        "reason_en",
        "empty",
        "why",
    ),
    "a reading without certainty": (
        without(READ, "certainty"),
        "certainty",
        "''",
        "certain, likely, unsure",
    ),
    "an unknown certainty": (
        {**READ, "certainty": "sure"},
        "certainty",
        "'sure'",
        "nearest is 'unsure'; allowed are certain, likely, unsure",
    ),
    "a part of nothing": ({"part_of": "f099"}, "part_of", "'f099'", "id of the total"),
    "a part of itself": ({"part_of": "f001"}, "part_of", "'f001'", "id of the total"),
    "a partition of nothing": ({"part_of": "f099@sex"}, "part_of", "'f099'", "id@name"),
    "within nothing": ({"within": "f099"}, "within", "'f099'", "id of the whole"),
    "a standard missing": (
        without(POOR, "standard"),
        "standard",
        "empty",
        "needs the poverty standard of its review: allowed are 2016-2020, 2022-2025",
    ),
    "a standard unknown": (
        {**POOR, "standard": "2021-2025"},
        "standard",
        "'2021-2025'",
        "allowed are 2016-2020, 2022-2025",
    ),
    "a standard superfluous": (
        {"standard": "2022-2025"},
        "standard",
        "'2022-2025' for population",
        "leave it empty",
    ),
    "a standard before its reviews": (
        {**POOR, "period": "2019-12-31"},
        "standard",
        "2022-2025 with the year 2019",
        "2021 to 2025",
    ),
    "a standard after its reviews": (
        {**POOR, "standard": "2016-2020"},
        "standard",
        "2016-2020 with the year 2022",
        "2015 to 2021",
    ),
    "a percent sign on a count": (
        {"printed": "41%"},
        "unit",
        "'person' with a percent sign",
        "allowed is percent",
    ),
    "a percent sign in the reading of a count": (
        {**READ, "reading": "12,5%"},
        "unit",
        "'person' with a percent sign",
        "allowed is percent",
    ),
}


@pytest.mark.parametrize(("row", "column", "found", "allowed"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_refused_at_its_place(tiny, row, column, found, allowed):
    (line,) = refusal(tiny(row)).splitlines()
    start = f"{SHEET}, row 2, column {column}: "
    assert line.startswith(start)
    said, _, remedy = line.removeprefix(start).partition("; ")
    assert found in said
    assert allowed in remedy


def test_an_id_given_twice_names_the_row_that_has_it(tiny):
    (line,) = refusal(tiny({"id": "a"}, {"id": "b"}, {"id": "a"})).splitlines()
    assert line.startswith(f"{SHEET}, row 4, column id: 'a' already stands in row 2; ")


def test_every_mistake_of_a_sheet_is_named_at_once(tiny):
    lines = refusal(tiny({"unit": "x", "scenario": "y"}, {}, {"section": "z"})).splitlines()
    places = [line.split(": ")[0] for line in lines]
    assert sorted(places) == [
        f"{SHEET}, row 2, column scenario",
        f"{SHEET}, row 2, column unit",
        f"{SHEET}, row 4, column section",
    ]


def test_of_very_many_mistakes_the_first_are_shown_and_the_rest_counted(tiny):
    lines = refusal(tiny(*({"section": "z"} for _ in range(25)))).splitlines()
    assert lines[0].startswith(f"{SHEET}, row 2, ")
    assert len(lines) == 21
    assert "5 more" in lines[-1]


# ------------------------------------------------------------------------- what is wrong elsewhere
def test_a_sheet_without_rows_is_refused(tiny):
    assert refusal(tiny()).startswith(f"{SHEET}: the sheet has no row below its header")


def test_an_unknown_column_is_refused_with_where_the_known_ones_stand(tiny):
    message = refusal(tiny({"zzz": "1"}))
    assert message.startswith(f"{SHEET}, row 1: unknown column 'zzz'")
    assert "docs/transcribing.md" in message or all(name in message for name in sheets.REQUIRED)


def test_two_sheets_for_one_document_are_refused(tiny):
    project = tiny({})
    Workbook().save(project.raw / "muong-te/2022/figures.xlsx")
    message = refusal(project)
    assert message.startswith(f"{FOLDER}: both figures.csv and figures.xlsx")
    assert "keep exactly one" in message


def test_a_document_without_a_sheet_is_refused(tiny):
    project = tiny({})
    (project.raw / "muong-te/2022/figures.csv").unlink()
    message = refusal(project)
    assert message.startswith(f"{FOLDER}: neither figures.csv nor figures.xlsx")
    assert "keep exactly one" in message


def test_a_folder_that_is_no_district_is_refused(tiny):
    project = tiny({"area": "Pa Ủ"})
    (project.raw / "muong-te").rename(project.raw / "muong-tee")
    with pytest.raises(InputError, match="muong-tee"):
        sheets.load(project, "muong-tee")


def test_every_document_of_a_district_is_read_oldest_name_first(tiny):
    project = tiny({})
    folder = project.raw / "muong-te/2020"
    folder.mkdir()
    (folder / "document.toml").write_text(DOCUMENT, encoding="utf-8")
    write_sheet(folder / "figures.csv", ({}, {}))
    found = [(sheet.document.code, len(sheet.figures)) for sheet in load(project)]
    assert found == [("2020", 2), ("2022", 1)]


def test_what_a_document_is_comes_from_its_toml(tiny):
    (sheet,) = load(tiny({}, document=DOCUMENT + 'draft = true\nnote_en = "Unsigned."\n'))
    document = sheet.document
    assert (document.code, document.number, document.draft) == ("2022", "1/BC-UBND", True)
    assert document.title("vi") == "Báo cáo thử"
    assert document.title("en") == "A test report"
    assert document.issuer("en") == "People's Committee"
    assert (document.note("vi"), document.note("en")) == ("", "Unsigned.")
    assert document.cut_off.text == "2022-12-31"
    assert document.period.text == "2022-01-01/2022-12-31"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('"1/BC-UBND"', '"1/BC-UBND', "not TOML"),
        ('title_vi = "Báo cáo thử"\n', "", "key 'title_vi' is missing or empty"),
        ('"A test report"', '""', "key 'title_en' is missing or empty"),
        ("issuer_vi", "isuer_vi", "unknown key 'isuer_vi'; did you mean 'issuer_vi'"),
        ('period = "2022"', 'period = "năm 2022"', "key 'period': 'năm 2022' is not YYYY"),
        ('date = "2022-12-31"', 'date = "2022-13"', "key 'date': '2022-13' has no such month"),
        (
            'date = "2022-12-31"',
            "date = 2022-12-31",
            "key 'date': found datetime.date(2022, 12, 31); give a text",
        ),
        ('cut_off = "2022-12-31"', "", "key 'cut_off' is missing or empty"),
    ],
)
def test_a_broken_document_is_refused(tiny, old, new, found):
    assert old in DOCUMENT
    message = refusal(tiny({}, document=DOCUMENT.replace(old, new)))
    assert all(line.startswith(f"{FOLDER}/document.toml: ") for line in message.splitlines())
    assert found in message


def test_an_unknown_document_key_is_refused_with_where_the_known_ones_stand(tiny):
    message = refusal(tiny({}, document=DOCUMENT + 'zzz = "1"\n'))
    assert message.startswith(f"{FOLDER}/document.toml: unknown key 'zzz'")
    assert "docs/transcribing.md" in message or "issuer_vi" in message


@pytest.mark.parametrize(
    ("key", "typed"),
    [("number", "2049"), ("note_vi", "true"), ("draft", '"no"'), ("renamed", '"II.1"')],
)
def test_a_document_key_of_another_kind_is_refused(tiny, key, typed):
    lines = [line for line in DOCUMENT.splitlines() if not line.startswith(f"{key} =")]
    project = tiny({}, document="\n".join([*lines, f"{key} = {typed}", ""]))
    message = refusal(project)
    assert message.startswith(f"{FOLDER}/document.toml: ")
    assert repr(key) in message


def test_a_document_in_another_encoding_is_refused(tiny):
    project = tiny({})
    (project.raw / "muong-te/2022/document.toml").write_bytes(DOCUMENT.encode("utf-16"))
    assert refusal(project).startswith(f"{FOLDER}/document.toml: this is not TOML in UTF-8")
