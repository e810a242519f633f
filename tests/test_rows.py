"""Rows that people typed: CSV or XLSX, read to stripped text with the number of each row."""

import csv
import io
import re
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from helpers import rows
from helpers.errors import InputError

NAME = "data/raw/x/figures"
COLUMNS = ("id", "printed", "note")

# Anything a cell may hold; what surrounds the text is stripped, so it is not generated.
cells = st.text(st.sampled_from("aạ1.,;'\"“ \t\n"), max_size=6).map(str.strip)


@pytest.fixture
def read_csv(tmp_path):
    def read(text: str | bytes, required=COLUMNS, optional=()):
        path = tmp_path / "figures.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return rows.read(path, NAME, required, optional)

    return read


@pytest.fixture
def read_xlsx(tmp_path):
    def read(*table, required=COLUMNS, optional=(), edit=None):
        book = Workbook()
        for line in table:
            book.active.append(line)
        path = tmp_path / "figures.xlsx"
        book.save(path)
        if edit:
            rewrite(path, edit)
        return rows.read(path, NAME, required, optional)

    return read


def rewrite(path, edit):
    """Change the first sheet of a workbook as another program would have written it."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = edit(parts[sheet].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def as_csv(*table) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)
    return text.getvalue()


def plain(found):
    return [(row.number, row.cells) for row in found]


def test_cells_are_stripped_text_under_their_columns(read_csv):
    found = read_csv("id, printed,note\nf1,\t1.234 ,\nf2,5,ghi chú\n")
    assert plain(found) == [
        (2, {"id": "f1", "printed": "1.234", "note": ""}),
        (3, {"id": "f2", "printed": "5", "note": "ghi chú"}),
    ]


def test_columns_may_stand_in_any_order_and_optional_ones_be_absent(read_csv):
    (row,) = read_csv("printed,id\n5,f1\n", required=("id", "printed"), optional=("note",))
    assert (row["id"], row["printed"], row["note"]) == ("f1", "5", "")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_and_the_kind_of_line_ends_do_not_matter(read_csv, mark, ends):
    text = ends.join(["id,printed,note", "f1,5,Đào San", ""])
    assert plain(read_csv(mark + text.encode())) == [
        (2, {"id": "f1", "printed": "5", "note": "Đào San"})
    ]


def test_empty_rows_are_passed_over_and_counted(read_csv):
    found = read_csv("id,printed,note\n\nf1,5,\n,,\n , ,\nf2,6,\n")
    assert [(row.number, row["id"]) for row in found] == [(3, "f1"), (6, "f2")]


def test_a_quoted_cell_may_run_over_several_lines(read_csv):
    (row,) = read_csv('id,printed,note\nf1,5,"one, ""two""\nthree"\n')
    assert row["note"] == 'one, "two"\nthree'


def test_rows_after_a_cell_of_several_lines_keep_their_numbers(read_csv):
    found = read_csv('id,printed,note\nf1,5,"one\ntwo\nthree"\nf2,6,\n')
    assert [row.number for row in found] == [2, 3]


@pytest.mark.parametrize("short", ["f2,6", "f2,6,x,y"])
def test_a_ragged_row_is_refused_with_its_number(read_csv, short):
    with pytest.raises(InputError) as error:
        read_csv(f"id,printed,note\nf1,5,\n{short}\n")
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"{NAME}, row 3: {short.count(',') + 1} cells")
    assert "3 columns" in line


def test_every_ragged_row_is_named_at_once(read_csv):
    with pytest.raises(InputError) as error:
        read_csv("id,printed,note\nf1\nf2,6,\nf3,7\n")
    assert re.findall(r"row (\d+)", str(error.value)) == ["2", "4"]


@pytest.mark.parametrize("text", ["", "\ufeff"])
def test_an_empty_file_is_refused(read_csv, text):
    with pytest.raises(InputError, match=f"{NAME}.*empty.*first row must name the columns"):
        read_csv(text)


def test_a_file_of_the_header_only_has_no_rows(read_csv):
    assert read_csv("id,printed,note\n") == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_recognised(read_csv, separator):
    with pytest.raises(InputError, match=f"{NAME}, row 1.*not separated by commas.*CSV UTF-8"):
        read_csv("id,printed,note\nf1,5,\n".replace(",", separator))


@pytest.mark.parametrize(
    ("encoding", "byte"), [("cp1258", 17), ("utf-16", 1)], ids=["windows-1258", "utf-16"]
)
def test_another_encoding_is_refused_with_the_place_and_what_to_do(read_csv, encoding, byte):
    text = "id,printed,note\nâ,5,\n"
    with pytest.raises(InputError, match=f"{NAME}: byte {byte} is not UTF-8.*XLSX"):
        read_csv(text.encode(encoding))


def test_a_quote_mark_that_is_not_closed_is_refused_with_its_row(read_csv):
    with pytest.raises(InputError, match=f"{NAME}, row 3.*quote mark"):
        read_csv('id,printed,note\nf1,5,\nf2,"6,\nf3,7,\n')


@pytest.mark.parametrize(
    ("header", "found", "allowed"),
    [
        ("id,printed", "column 'note' is missing", "required are id, printed, note"),
        ("id,printed,note,notes", "unknown column 'notes'", "nearest is 'note'"),
        ("id,printed,note,", "a column without a name", "allowed are id, printed, note"),
        ("id,printed,note,id", "column 'id' stands twice", "once"),
        ("ID,printed,note", "unknown column 'ID'", "allowed are id, printed, note"),
    ],
)
def test_a_wrong_header_is_refused(read_csv, read_xlsx, header, found, allowed):
    names = header.split(",")
    with pytest.raises(InputError) as error:
        read_csv(f"{header}\n{','.join('x' for _ in names)}\n")
    line = next(line for line in str(error.value).splitlines() if found in line)
    assert line.startswith(f"{NAME}, row 1: ")
    assert allowed in line


def test_every_mistake_of_a_header_is_named_at_once(read_csv):
    with pytest.raises(InputError) as error:
        read_csv("id,pirnted\nf1,5\n")
    message = str(error.value)
    assert "unknown column 'pirnted'" in message
    assert "nearest is 'printed'" in message
    assert "'printed' is missing" in message
    assert "'note' is missing" in message


@given(
    table=st.lists(
        st.tuples(cells, cells, cells).filter(lambda line: "\n" not in "".join(line)), max_size=5
    )
)
@example(table=[("f1", "1.034,6", 'a "quoted" note'), ("", "", ""), ("f2", "06", "")])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_says_the_same_as_a_csv_file(read_csv, read_xlsx, table):
    # A workbook keeps an empty text as no cell at all.
    sheet = [[cell or None for cell in line] for line in table]
    assert plain(read_xlsx(COLUMNS, *sheet)) == plain(read_csv(as_csv(COLUMNS, *table)))


def test_a_cell_of_several_lines_is_numbered_alike_in_both(read_csv, read_xlsx):
    table = [("f1", "5", "one\ntwo"), ("f2", "6", "")]
    assert plain(read_xlsx(COLUMNS, *table)) == plain(read_csv(as_csv(COLUMNS, *table)))


@pytest.mark.parametrize("column", ["printed", "reading", "reading_of"])
@pytest.mark.parametrize("value", [1034.6, 5, 0, date(2022, 12, 31), True])
def test_a_figure_that_is_not_text_is_refused_in_a_workbook(read_xlsx, column, value):
    with pytest.raises(InputError) as error:
        read_xlsx(("id", column), ("f1", "5"), ("f2", value), required=("id", column))
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"{NAME}, row 3, column {column}: ")
    assert str(value).split()[0] in line
    assert "format the column as text" in line


def test_blanks_around_a_column_name_do_not_let_numbers_in(read_xlsx):
    with pytest.raises(InputError, match="row 2, column printed"):
        read_xlsx(("id", "printed ", "note"), ("f1", 1034, ""))


def test_dates_and_whole_numbers_of_a_workbook_become_plain_text(read_xlsx):
    (row,) = read_xlsx(
        ("day", "moment", "year", "whole", "part"),
        (date(2019, 12, 31), datetime(2019, 1, 2), 2019, 5.0, 0.25),
        required=("day", "moment", "year", "whole", "part"),
    )
    assert list(row.cells.values()) == ["2019-12-31", "2019-01-02", "2019", "5", "0.25"]


def test_empty_columns_right_of_the_header_are_passed_over(read_xlsx):
    (row,) = read_xlsx((*COLUMNS, None, None), ("f1", "5", "x", None, None))
    assert row.cells == {"id": "f1", "printed": "5", "note": "x"}


def test_a_stray_cell_right_of_the_last_column_is_refused(read_xlsx):
    with pytest.raises(InputError, match=f"{NAME}, row 3: a cell right of the last column"):
        read_xlsx(COLUMNS, ("f1", "5", "x"), ("f2", "6", "x", "stray"))


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1"/>'], ids=["none", "wrong"])
def test_a_workbook_need_not_state_its_dimensions(read_xlsx, dimension):
    # Other programs leave the size of the sheet out or do not keep it up to date.
    found = read_xlsx(
        COLUMNS,
        ("f1", "5"),
        ("f2", "6", "x"),
        edit=lambda xml: re.sub(r"<dimension[^>]*/>", dimension, xml),
    )
    assert [(row["id"], row["printed"], row["note"]) for row in found] == [
        ("f1", "5", ""),
        ("f2", "6", "x"),
    ]


def test_an_empty_workbook_is_refused(read_xlsx):
    with pytest.raises(InputError, match=f"{NAME}.*empty"):
        read_xlsx()


def test_a_file_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "figures.xlsx"
    path.write_bytes(b"id,printed\n")
    with pytest.raises(InputError, match=f"{NAME}.*not an Excel workbook.*save the sheet again"):
        rows.read(path, NAME, COLUMNS)


def test_short_lists_are_given_whole_with_the_nearest_first():
    said = rows.allowed_list("actaul", ("plan", "actual", "estimate"))
    assert said == "nearest is 'actual'; allowed are plan, actual, estimate"
    assert rows.allowed_list("zzz", ("plan", "actual")) == "allowed are plan, actual"


def test_of_long_lists_the_nearest_and_the_place_are_named():
    codes = [f"code-{n}" for n in range(40)]
    said = rows.allowed_list("code-399", codes, "units.csv")
    assert "'code-39'" in said
    assert "the 40 codes of units.csv" in said
    assert len(re.findall(r"'code-\d+'", said)) <= 3
