"""Tracing: each row of the sheets held against its report, and the report against the rows.

python -m helpers.trace FOLDER reads the reports that people have at hand (TXT, DOCX, PDF), and says
which printed figures do not stand in the section named, and which figures of the text no row holds.
What is left out on purpose is listed in data/raw/<district>/<document>/left_out.csv, with a reason.
"""

import argparse
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from . import files, rows, sheets, texts
from .errors import InputError, Problems
from .numbers import BOUNDS
from .project import Project
from .sheets import Sheet
from .texts import Passage

LEFT_OUT_COLUMNS = ("section", "words", "reason")
CONTEXT = 45  # characters shown on each side of a figure

# What a figure is not, wherever it stands: a reason and a pattern for each.
LAW, DATE, YEAR = "number of a law or document", "date", "year or period"
GENERAL = (
    (LAW, r"\d+[a-z]?\s?[-/]\s?(?:\d{4}\s?[-/]\s?)?[A-ZĐ]\w*(?:\s?[-/–]\s?[A-ZĐ]\w*)*"),
    (LAW, r"(?<=[Ss]ố )\**\s?\d+[a-z]?\**\s?(?:[-/]|, (?=\d+\s?-))"),
    (LAW, r"(?<=[Ss]ố: )\**\s?\d+\**\s?/"),
    (LAW, r"(?:thông tư|Đề án) \d{2}\b"),
    (DATE, r"\b[Nn]gày \**\d+\**(?:/\d+){0,2}(?: tháng \**\d+\**)?(?: năm \**\d{4}\**)?"),
    (DATE, r"(?<![\d.,/])\d{1,2}/(?:\d{1,2}/)?\d{4}\b|(?<=\./)\d{4}"),
    (DATE, r"\btháng \**\d+\**(?:/\d{4})?(?: năm \d{4})?"),
    (DATE, r"(?:Phụ nữ|thế giới|liệt sỹ) \(?\d{1,2}/\d{1,2}\b"),
    (YEAR, r"\b(?:năm|Năm|NĂM|giai đoạn)\s\d{4}(?:\s?[-–,]\s?(?:năm )?\d{4})*"),
    (YEAR, r"\b(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d\b"),
    (YEAR, r"(?<=giao )20\d\d(?:, 20\d\d)*|(?<=và )(?:cả )?(?:năm )?20\d\d\b"),
    ("duration or anniversary", r"\d+ (?:tháng (?:đầu|cuối) |THÁNG (?:CUỐI )?)(?=năm|NĂM)"),
    ("duration or anniversary", r"(?:[Ss]ơ kết|[Tt]ổng kết|kỷ niệm) \d+ năm"),
    ("number of a project or table", r"(?:[Dd]ự án|[Bb]iểu|Biểu số) \d+|lục số \d, \d và \d"),
    ("name", r"Covid-19|[Cc]hương trình 30a\b|(?:[Cc]hương trình|cấp xã) 135\b"),
    ("row number of a table", r"^\d+\t(?=\D)"),
    ("unit", r"(?<=m)2\b"),
    ("heading number", r"^\s*\d+(?:\.\d+)*\.(?=\s*[^\W\d_])|^\s*\d+(?:\.\d+)+\.?(?=\s)"),
)


@dataclass
class Report:
    """What tracing one document found."""

    document: str
    file: str
    traced: int = 0
    untraced: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    different: bool = False


@dataclass(frozen=True)
class LeftOut:
    """A figure left out on purpose: the section, a few words with it, and the reason."""

    section: str
    words: str
    reason: str


def trace(project: Project, district: str, sheet: Sheet, path: Path) -> Report:
    """Hold a sheet against the text of its report, both ways."""
    folder = project.raw / district / sheet.document.code
    report = Report(f"{district}/{sheet.document.code}", path.name)
    report.different = files.checksum(path) != sheet.document.sha256
    passages = texts.passages(texts.read(path), dict(sheet.document.renamed))
    taken = [Taken(passage) for passage in passages]
    for left_out in _left_out(project, folder):
        _leave_out(left_out, taken, report)
    for one in taken:
        for reason, pattern in GENERAL:
            one.take_pattern(pattern, reason, report)
    by_section: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        by_section[one.passage.section].append(one)
    cursors: dict[str, tuple[int, int]] = {}
    for figure in sheet.figures:
        row = figure.row
        section = row["section"]
        place = _take_next(by_section[section], row["printed"], cursors.get(section, (0, 0)))
        if place:
            cursors[section] = place
            report.traced += 1
        else:
            where = f"row {row.number} ({row['id']})"
            report.untraced.append(f"{where}: {row['printed']!r} does not stand in {section}")
    for one in taken:
        report.unaccounted += one.rest()
    return report


class Taken:
    """A passage, and which of its characters are spoken for."""

    def __init__(self, passage: Passage):
        self.passage = passage
        self.used = bytearray(len(passage.text))

    def take(self, start: int, end: int) -> None:
        self.used[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return not any(self.used[start:end])

    def take_pattern(self, pattern: str, reason: str, report: Report) -> None:
        for match in re.finditer(pattern, self.passage.text, re.MULTILINE):
            digits = [i for i in range(*match.span()) if self.passage.text[i].isdigit()]
            if digits and self.is_free(digits[0], digits[-1] + 1):
                self.take(*match.span())
                report.left_out[reason] += 1

    def rest(self) -> list[str]:
        """Every figure that is not spoken for, with its line and the words around it."""
        text = self.passage.text
        found = []
        for match in re.finditer(r"\d[\d.,]*", text):
            if self.is_free(match.start(), match.start() + 1):
                before = text[max(0, match.start() - CONTEXT) : match.start()]
                after = text[match.end() : match.end() + CONTEXT]
                around = f"{before}»{match[0]}«{after}".replace("\n", " ").replace("\t", " ")
                found.append(f"line {self.passage.line}, {self.passage.section}: …{around}…")
        return found


def _take_next(places: list[Taken], printed: str, after: tuple[int, int]) -> tuple[int, int] | None:
    """Take the next free place of a printed figure in its section; return where it ends.

    Sheets follow their report, so the search goes on from `after` (passage, character), and from
    the section's beginning if nothing is found there.
    """
    pattern = _pattern(printed)
    free = [
        (number, match.span("core"))
        for number, one in enumerate(places)
        for match in pattern.finditer(one.passage.text)
        if one.is_free(*match.span("core"))
    ]
    following = [place for place in free if (place[0], place[1][0]) >= after]
    if not free:
        return None
    number, span = (following or free)[0]
    places[number].take(*span)
    return number, span[1]


def _pattern(printed: str) -> re.Pattern:
    """A pattern of the print, its digits not part of a longer run."""
    word, _, rest = printed.partition(" ")
    core = rest if word.lower() in BOUNDS else printed
    escaped = re.escape(core)
    if not core[:1].isdigit():
        return re.compile(f"(?P<core>{escaped})")
    lead = f"{re.escape(word)} (?:\\w+ ){{0,1}}" if core != printed else ""
    tail = "" if core.endswith("%") else r"(?![.,]?\d)"
    return re.compile(rf"{lead}(?<!\d)(?<!\d[.,])(?P<core>{escaped}){tail}")


def _leave_out(left_out: LeftOut, taken: list[Taken], report: Report) -> None:
    for one in taken:
        if one.passage.section != left_out.section:
            continue
        for match in re.finditer(re.escape(left_out.words), one.passage.text):
            if one.is_free(*match.span()):
                one.take(*match.span())
                report.left_out[left_out.reason] += 1
                return
    report.untraced.append(
        f"left_out.csv: {left_out.words!r} does not stand in section {left_out.section}"
    )


def _left_out(project: Project, folder: Path) -> list[LeftOut]:
    path = folder / "left_out.csv"
    if not path.is_file():
        return []
    name = project.name(path)
    problems = Problems(name)
    found = []
    for row in rows.read(path, name, LEFT_OUT_COLUMNS):
        for column in LEFT_OUT_COLUMNS:
            if not row[column]:
                problems.add(row.number, column, "it is empty", "all three columns are needed")
        found.append(LeftOut(*(row[column] for column in LEFT_OUT_COLUMNS)))
    problems.raise_any()
    return found


# ------------------------------------------------------------ the command
def find(project: Project, folder: Path) -> dict[tuple[str, str], Path]:
    """Return the file of each document of the project that stands in a folder.

    A file is a document's if its SHA-256 is the one in document.toml, or else if its name begins
    with the document's, as in than-uyen-2019.txt; it is then reported as a different file.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; name the one with the reports: DOCUMENTS=folder"
        )
    candidates = sorted(path for path in folder.iterdir() if path.suffix in texts.KINDS)
    by_sum = {files.checksum(path): path for path in candidates}
    found = {}
    for district in project.districts:
        for sheet in sheets.load(project, district):
            code = sheet.document.code
            named = [p for p in candidates if p.stem.startswith(f"{district}-{code}")]
            path = by_sum.get(sheet.document.sha256) or next(iter(named), None)
            if path:
                found[district, code] = path
    return found


def main(arguments: list[str] | None = None) -> int:
    """Trace every document; return 1 if a row is untraced or a figure unaccounted for."""
    parser = argparse.ArgumentParser(prog="python -m helpers.trace", description=__doc__)
    parser.add_argument("folder", help="where the reports are (TXT, DOCX or PDF)")
    folder = Path(parser.parse_args(arguments).folder)
    try:
        project = Project.find()
        found = find(project, folder)
        reports = [
            trace(project, district, sheet, found[district, sheet.document.code])
            for district in project.districts
            for sheet in sheets.load(project, district)
            if (district, sheet.document.code) in found
        ]
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for report in reports:
        _print(report)
    missing = [
        f"{district}/{folder.name}"
        for district in project.districts
        for folder in project.documents(district)
        if (district, folder.name) not in found
    ]
    for name in missing:
        print(f"{name}: its report is not in {folder}; nothing was traced")
    wrong = sum(len(report.untraced) + len(report.unaccounted) for report in reports)
    traced = sum(report.traced for report in reports)
    untraced = sum(len(report.untraced) for report in reports)
    left = wrong - untraced
    print(f"{traced} rows traced, {untraced} untraced, {left} figures unaccounted for")
    return 1 if wrong or not reports else 0


def _print(report: Report) -> None:
    print(f"{report.document} against {report.file}")
    if report.different:
        print("  this is a different file from the one that was transcribed (SHA-256)")
    for line in report.untraced:
        print(f"  untraced: {line}")
    for line in report.unaccounted:
        print(f"  unaccounted: {line}")
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(report.left_out.items()))
    print(f"  {report.traced} rows traced; left out: {reasons or 'nothing'}")


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
