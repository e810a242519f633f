"""The text of a report, cut into its sections: what `trace` holds the sheets against.

Reads TXT, DOCX and PDF. A section is named as in a figure sheet: "II.2.1", "P1.II.4.3.a",
"II.1 fn4", "annex 1", "opening".
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError

KINDS = (".txt", ".docx", ".pdf")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_PART = re.compile(r"PHẦN ([IVX]+)\b")
_ROMAN = re.compile(r"([IVX]+)\. ?\S")
_DOTTED = re.compile(r"(\d+(?:\.\d+)+)\.?\s*[^\d\s.,%]")
_PLAIN = re.compile(r"(\d+)\.\s*[^\d\s]")
_LETTER = re.compile(r"([a-zđ])\) ")
_ANNEX = re.compile(r"(?:Biểu số|Phụ lục số) (\d+)\s*$", re.IGNORECASE)
_INLINE_NOTE = re.compile(r"\[(\d+):(.*?)\]", re.DOTALL)
_INLINE_MARK = re.compile(r"\[footnoteRef:(\d+)\]")
_NOTE = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+)\s")
_MARK = re.compile(r"(?<!m)(?<!ha)[⁰¹²³⁴⁵⁶⁷⁸⁹]+")  # km² is a unit
_NUMERALS = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7}


@dataclass(frozen=True)
class Passage:
    """A piece of text of one section, with the line it begins on."""

    section: str
    line: int
    text: str


def read(path: Path) -> str:
    """Return the text of a report.

    Raises
    ------
    InputError
        If the file cannot be read as what its ending says.
    """
    try:
        if path.suffix == ".docx":
            return _docx(path)
        if path.suffix == ".pdf":
            import pdfplumber

            with pdfplumber.open(path) as pages:
                return "\n".join(page.extract_text() or "" for page in pages.pages)
        return path.read_text(encoding="utf-8-sig")
    except Exception as error:  # each reader has its own exceptions for a broken file
        raise InputError(
            f"{path.name}: it cannot be read as {path.suffix[1:].upper()} ({error});"
            " save it again, or as TXT in UTF-8"
        ) from None


def _docx(path: Path) -> str:
    """The paragraphs and tables of a DOCX in their order; notes in the form "[4: …]"."""
    import docx
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    document = docx.Document(str(path))
    lines = []
    for child in document.element.body.iterchildren():
        if child.tag == qn("w:p"):
            lines.append(Paragraph(child, document).text)
        elif child.tag == qn("w:tbl"):
            for row in Table(child, document).rows:
                lines.append("\t".join(cell.text for cell in row.cells))
    for part in document.part.package.iter_parts():
        if part.partname.endswith("/footnotes.xml"):
            lines += _docx_notes(part.blob)
    return "\n".join(lines)


def _docx_notes(blob: bytes) -> list[str]:
    from lxml import etree

    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    notes = []
    for note in etree.fromstring(blob).iter(f"{space}footnote"):
        number = int(note.get(f"{space}id"))
        text = "".join(node.text or "" for node in note.iter(f"{space}t"))
        if number > 0 and text:
            notes.append(f"[{number}: {text}]")
    return notes


def passages(text: str, renamed: dict[str, str] | None = None) -> list[Passage]:
    """Cut a text into passages, each with its section.

    Parameters
    ----------
    renamed : dict, optional
        For reports that misnumber a heading: "II.1#2" (the second heading that would be II.1) to
        the section it really is.
    """
    body = list(_body(text, renamed or {}))
    marks = {
        number.translate(_SUPERSCRIPTS): passage.section
        for passage in body
        for number in _MARK.findall(passage.text)
        if not _NOTE.match(passage.text)
    }
    marks |= {
        number: passage.section for passage in body for number in _INLINE_MARK.findall(passage.text)
    }
    found = []
    for passage in body:
        found += _with_notes(passage, marks)
    return found


def _body(text: str, renamed: dict[str, str]) -> Iterator[Passage]:
    """Give paragraph after paragraph with the section its headings say, notes not yet apart."""
    heading = Heading(renamed)
    for number, paragraph in _paragraphs(text):
        heading.read(paragraph)
        yield Passage(heading.section, number, paragraph)


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; a note in brackets that runs over lines stays in one piece."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        first, paragraph = number, lines[number]
        while re.search(r"\[\d+:[^\]]*$", paragraph) and number + 1 < len(lines):
            number += 1
            paragraph += "\n" + lines[number]
        if paragraph.strip():
            yield first + 1, paragraph.strip()
        number += 1


class Heading:
    """The section a reader of the headings is in."""

    def __init__(self, renamed: dict[str, str]):
        self.renamed = renamed
        self.seen: Counter[str] = Counter()
        self.part, self.roman, self.number, self.letter = "", "", "", ""
        self.section = "opening"

    def read(self, paragraph: str) -> None:
        """Move to the section that a paragraph opens, if it opens one."""
        if match := _ANNEX.match(paragraph):
            self.section = f"annex {int(match[1])}"
            return
        if match := _PART.match(paragraph):
            self.part, self.roman, self.number, self.letter = f"P{_NUMERALS[match[1]]}.", "", "", ""
            return
        if match := _ROMAN.match(paragraph):
            self.roman, self.number, self.letter = match[1], "", ""
        elif self.roman and (match := _DOTTED.match(paragraph) or _PLAIN.match(paragraph)):
            self.number, self.letter = match[1], ""
        elif self.number and (match := _LETTER.match(paragraph)):
            self.letter = match[1]
        else:
            return
        self.section = self._named()

    def _named(self) -> str:
        path = ".".join(part for part in (self.roman, self.number, self.letter) if part)
        code = f"{self.part}{path}"
        self.seen[code] += 1
        real = self.renamed.get(f"{code}#{self.seen[code]}")
        if real:
            self.roman, _, self.number = real.removeprefix(self.part).partition(".")
            return real
        return code


def _with_notes(passage: Passage, marks: dict[str, str]) -> Iterator[Passage]:
    """Take the notes out of a passage: each is a passage of its own."""
    if match := _NOTE.match(passage.text):
        number = match[1].translate(_SUPERSCRIPTS)
        yield _note(passage, number, passage.text[match.end() :], marks)
        return
    rest = passage.text
    for number, note in _INLINE_NOTE.findall(passage.text):
        yield _note(passage, number, note, marks)
    rest = _INLINE_MARK.sub(" ", _INLINE_NOTE.sub(" ", rest))
    yield Passage(passage.section, passage.line, rest)


def _note(passage: Passage, number: str, text: str, marks: dict[str, str]) -> Passage:
    section = marks.get(number, passage.section)
    return Passage(f"{section} fn{number}", passage.line, text)
