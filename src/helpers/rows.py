"""Rows of a table that people typed, as CSV (UTF-8) or XLSX, with the place of each row."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from unicodedata import normalize

from .errors import InputError, Problems

# Excel turns a figure typed as a number into another figure: these columns must hold text.
AS_PRINTED = ("printed", "reading", "reading_of")


@dataclass(frozen=True)
class Row:
    """One row: its number in the file (the header is row 1) and its cells as stripped text."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read(
    path: Path,
    name: str,
    required: Iterable[str],
    optional: Iterable[str] = (),
    explained: str = "",
) -> list[Row]:
    """Return the rows of a CSV or XLSX file; wholly empty rows are passed over.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How messages call the file.
    required, optional : iterable of str
        Columns the header must, and may, name, in any order.
    explained : str, optional
        Where the columns are explained, for messages.

    Raises
    ------
    InputError
        If the file is empty, wrongly encoded, or its header is not as stated.
    """
    lines = _xlsx_lines(path, name) if path.suffix == ".xlsx" else _csv_lines(path, name)
    if not lines:
        raise InputError(f"{name}: the file is empty; its first row must name the columns")
    (_, header), *body = lines
    _check_header(
        [cell.strip() for cell in header], list(required), list(optional), name, explained
    )
    columns = [cell.strip() for cell in header]
    problems = Problems(name)
    rows = []
    for number, cells in body:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            problems.add(
                number,
                None,
                f"{len(cells)} cells found",
                f"the header has {len(columns)} columns; is a comma or a quote mark astray?",
            )
            continue
        rows.append(
            Row(
                number,
                {column: cell.strip() for column, cell in zip(columns, cells, strict=True)},
            )
        )
    problems.raise_any()
    return rows


def _csv_lines(path: Path, name: str) -> list[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name}: byte {error.start + 1} is not UTF-8; save the sheet again as"
            " “CSV UTF-8”, or hand it in as XLSX"
        ) from None
    lines: list[tuple[int, list[str]]] = []
    try:
        # Rows are counted as a spreadsheet counts them: a cell of several lines is one row.
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            lines.append((len(lines) + 1, [_settled(cell) for cell in cells]))
    except csv.Error as error:
        raise InputError(
            f"{name}, row {len(lines) + 1}: this is not a CSV row ({error}); look for a quote mark"
            " that is opened and not closed"
        ) from None
    return lines


def _settled(cell: str) -> str:
    """One kind of line end, and accents as single characters: the same text for every machine."""
    return normalize("NFC", cell.replace("\r\n", "\n").replace("\r", "\n"))


def _xlsx_lines(path: Path, name: str) -> list[tuple[int, list[str]]]:
    import openpyxl  # heavy, and most sheets are CSV

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises many kinds for a file that is not a workbook
        raise InputError(
            f"{name}: this is not an Excel workbook ({error}); save the sheet again as XLSX"
        ) from None
    problems = Problems(name)
    lines: list[tuple[int, list[str]]] = []
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # what a workbook says of its size is not always so
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        header = [cell.strip() for cell in lines[0][1]] if lines else []
        texts = []
        for position, value in enumerate(cells):
            column = header[position] if position < len(header) else ""
            if column in AS_PRINTED and not isinstance(value, str | type(None)):
                problems.add(
                    number,
                    column,
                    f"the cell holds the number {value}, not text",
                    "format the column as text and type the figure as printed",
                )
            texts.append(_cell_text(value))
        width = len(header) or len(texts)
        texts += [""] * (width - len(texts))
        while len(texts) > width or (not header and texts and not texts[-1]):
            if texts.pop():
                problems.add(number, None, "a cell right of the last column", "clear it")
        lines.append((number, texts))
    book.close()
    problems.raise_any()
    return lines if any(any(cells) for _, cells in lines) else []


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _settled(str(value))


def _check_header(
    header: list[str], required: list[str], optional: list[str], name: str, explained: str
) -> None:
    allowed = required + optional
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        raise InputError(
            f"{name}, row 1: the columns are not separated by commas;"
            " save the sheet as “CSV UTF-8 (comma delimited)”, or hand it in as XLSX"
        )
    problems = Problems(name)
    for column in header:
        if column not in allowed:
            found = f"unknown column {column!r}" if column else "a column without a name"
            problems.add(1, None, found, allowed_list(column, allowed, explained))
        elif header.count(column) > 1:
            problems.add(1, None, f"column {column!r} stands twice", "name each column once")
    for column in required:
        if column not in header:
            problems.add(
                1, None, f"column {column!r} is missing", f"required are {', '.join(required)}"
            )
    problems.raise_any()


def allowed_list(found: str, allowed: Iterable[str], where: str = "") -> str:
    """Return the clause of a message that says what is allowed, the nearest first.

    Short lists are given whole; of long ones the nearest are named, with the place of the list.
    """
    allowed = list(allowed)
    near = get_close_matches(found, allowed, n=3, cutoff=0.6)
    if len(allowed) <= 12:
        listed = ", ".join(allowed)
        return f"nearest is {near[0]!r}; allowed are {listed}" if near else f"allowed are {listed}"
    listed = f"allowed are the {len(allowed)} codes" + (f" of {where}" if where else "")
    return f"did you mean {' or '.join(map(repr, near))}? {listed}" if near else listed
