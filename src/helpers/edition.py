"""An edition: one district's figures as they are told in one language.

Chapters open an edition and hand it to the exhibits; it knows how to name things, write numbers
and lead each of them back to the document, the section and the figure as printed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import pandas as pd
from markupsafe import Markup, escape

from . import numbers, observations, periods, processed, reference, wording
from .checks import Finding
from .errors import InputError
from .observations import Observation
from .periods import Period
from .processed import Processed
from .project import LANGUAGES, Project
from .reference import Area, Entry, Reference
from .rows import allowed_list
from .sheets import Document

_SECTION = re.compile(
    r"annex (?P<annex>\d+)|(?:P(?P<part>\d+)\.)?(?P<path>.+?)(?: fn(?P<note>\d+))?"
)
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}
# Verdicts that are told beside a figure; what holds or holds within rounding is only counted.
TELLING = ("fails", "suspicious", "truncation")
_BOUND = {">": "bound.greater", "<": "bound.less", "~": "bound.about"}


@dataclass(frozen=True)
class Edition:
    """A district's observations in one language; `table` has the columns of observations."""

    project: Project
    district: Area
    language: str
    reference: Reference
    processed: Processed

    @classmethod
    def open(cls, district: str, language: str) -> "Edition":
        """Open the edition of a district, by its folder name, in "vi" or "en".

        Raises
        ------
        InputError
            If the district has no document, the language is not supported, or its sheets hold a
            mistake.
        """
        project = Project.find()
        check_parameter("language", language, LANGUAGES)
        if not project.is_reported(district):
            check_parameter("district", district, project.districts)
        registries = reference.load(project)
        try:
            area = registries.district(district)
        except KeyError:
            slugs = [area.slug for area in registries.areas.values() if area.slug]
            raise InputError(
                f"data/raw/{district}: no unit of data/raw/reference/areas.csv has this slug;"
                f" {allowed_list(district, slugs)}"
            ) from None
        return cls(project, area, language, registries, processed.load(project, district))

    @property
    def table(self) -> pd.DataFrame:
        return self.processed.table

    @property
    def documents(self) -> dict[str, Document]:
        return self.processed.documents

    @cached_property
    def figures(self) -> dict[str, Observation]:
        """Every observation by its figure id, as a named tuple of the table's columns."""
        return observations.by_figure(self.table)

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings a reader must know, the weightiest first: those that do not simply hold."""
        return [one for one in self.processed.findings if one.verdict in TELLING]

    @cached_property
    def touched(self) -> dict[str, int]:
        """The number of the weightiest finding that touches a figure, by figure."""
        found: dict[str, int] = {}
        for number, finding in enumerate(self.findings, start=1):
            for figure in finding.figures:
                found.setdefault(figure, number)
        return found

    # ------------------------------------------------------------ words
    def say(self, key: str, **values: object) -> Markup:
        return wording.say(key, self.language, **values)

    def join(self, parts: Iterable[Markup | str]) -> Markup:
        return wording.join(list(parts), self.language)

    def name(self, entry: Entry | Area) -> str:
        return entry.name(self.language)

    def indicator(self, code: str) -> str:
        return self.name(self.reference.indicators[code])

    def standard(self, code: str) -> str:
        """The standard's full name, for sentences and captions."""
        return self.name(self.reference.standards[code])

    def standard_label(self, code: str) -> str:
        """The standard's short name, for cells and panels."""
        return self.reference.standards[code].label(self.language)

    @property
    def district_name(self) -> str:
        return self.district.official

    def detail(self, row: Observation) -> Markup:
        """The row's own subject in the reader's language, or in the other one, marked as such."""
        own, other = row.detail_vi, row.detail_en
        if self.language == "en":
            own, other = other, own
        if own or not other:
            return escape(own)
        return Markup('<span lang="{}">{}</span>').format(
            "en" if self.language == "vi" else "vi", other
        )

    def places(self, row: Observation) -> str:
        """Official names of the places of a row, with the district where it is another one."""
        names = []
        for code in row.area.split():
            area = self.reference.areas[code]
            name = self.name(area)
            if area.parent != self.district.code and area.code != self.district.code:
                name += f" ({self.reference.areas[area.parent].official})"
            names.append(name)
        return ", ".join(names)

    def organisation(self, row: Observation) -> str:
        code = row.organisation
        return self.name(self.reference.organisations[code]) if code else ""

    def fund(self, code: str) -> str:
        return self.name(self.reference.funds[code]) if code else ""

    # ------------------------------------------------------------ numbers and periods
    def number(self, value: Decimal, decimals: int | None = None, signed: bool = False) -> str:
        return numbers.write(value, self.language, decimals, signed)

    def quantity(self, value: Decimal, unit: str, decimals: int | None = None) -> str:
        """Return a value with its unit: "43,81%", "3.198 hộ", "4.62 percentage points"."""
        text = self.number(value, decimals)
        if unit == "percent":
            return f"{text}%"
        return f"{text} {self.reference.units[unit].name_for(value, self.language)}"

    def value(self, row: Observation, with_unit: bool = True) -> str:
        """Return an observation's value as the reader writes it, its bound in words."""
        if row.value is None:
            return str(self.say("value.not_assigned"))
        decimals = decimals_of(row)
        if with_unit:
            text = self.quantity(row.value, row.unit, decimals)
        else:
            text = self.number(row.value, decimals) + ("%" if row.unit == "percent" else "")
        return str(self.say(_BOUND[row.bound], value=text)) if row.bound in _BOUND else text

    def period(self, row: Observation) -> str:
        return periods.write(Period(row.start, row.end, row.instant), self.language)

    def dated(self, period: Period) -> str:
        return periods.write(period, self.language)

    # ------------------------------------------------------------ origin
    def section(self, code: str) -> Markup:
        """Return a section's name in words: "mục II.2.1, chú thích 4"."""
        match = _SECTION.fullmatch(code)
        if match["annex"]:
            return self.say("section.annex", number=match["annex"])
        if match["path"] == "opening":
            place = self.say("section.opening")
        else:
            place = self.say("section.place", path=match["path"])
        if match["part"]:
            place = self.say("section.part", part=_ROMAN[match["part"]], place=place)
        if match["note"]:
            place = self.say("section.footnote", place=place, number=match["note"])
        return place

    def cite(self, document: str) -> Markup:
        """Return how a document is called in a source line: its number, or its date."""
        source = self.documents[document]
        return self.called(source.number, source.date)

    def called(self, number: str, date: Period) -> Markup:
        """Return how a document of any district is called by its number, or its date."""
        if number:
            return self.say("document.short_number", number=number)
        return self.say("document.short_year", date=self.dated(date))

    def origin(self, row: Observation) -> Markup:
        return self.say(
            "value.origin",
            document=self.cite(row.document),
            section=self.section(row.section),
            printed=row.printed,
        )

    def linked(self, row: Observation, with_unit: bool = True, text: str | None = None) -> Markup:
        """Return a value that leads to its figure, with its marks (reading, finding)."""
        return Markup('<a class="f" href="#{}" title="{}">{}</a>{}').format(
            row.figure, self.origin(row), text or self.value(row, with_unit), self.marks(row)
        )

    def marks(self, row: Observation) -> Markup:
        """Return the marks beside a figure: † leads to its reading, ‡ to a finding about it."""
        marks = Markup("")
        if row.reading:
            marks += Markup('<a class="mark" href="#reading-{}" title="{}">†</a>').format(
                row.figure, self.say("value.reading_mark")
            )
        if row.figure in self.touched:
            marks += Markup('<a class="mark" href="#finding-{}" title="{}">‡</a>').format(
                self.touched[row.figure], self.say("value.finding_mark")
            )
        return marks

    def flag(self, *rows: Observation | None) -> str:
        """Return " ‡" for the label of a drawn value that a finding touches, else ""."""
        found = any(row is not None and row.figure in self.touched for row in rows)
        return " ‡" if found else ""

    def flag_note(self, rows: Iterable[Observation | None]) -> Markup:
        """Return the line below a chart that leads from its flags to the findings."""
        numbers = sorted(
            {
                self.touched[row.figure]
                for row in rows
                if row is not None and row.figure in self.touched
            }
        )
        links = [Markup('<a href="#finding-{0}">{0}</a>').format(number) for number in numbers]
        return (
            self.say("value.flag_note", findings=Markup(", ").join(links)) if links else Markup("")
        )

    def linked_to(self, figures: Iterable[str], text: str) -> Markup:
        """Return a computed value that leads to the first figure it rests on and names all."""
        rows = [self.figures[figure] for figure in figures]
        title = self.say(
            "value.derived", count=len(rows), printed="; ".join(row.printed for row in rows)
        )
        return Markup('<a class="f" href="#{}" title="{}">{}</a>').format(
            rows[0].figure, title, text
        )

    def sources(self, rows: Iterable[Observation]) -> Markup:
        """Return the source line of an exhibit: each document with the sections used."""
        sections: dict[str, dict[str, None]] = {}
        for row in rows:
            sections.setdefault(row.document, {})[row.section] = None
        parts = [
            Markup('<a href="#document-{}">{}</a>, {}').format(
                document, self.cite(document), self._sections(list(used))
            )
            for document, used in sections.items()
        ]
        return self.say("label.sources", documents=Markup("; ").join(parts))

    def _sections(self, used: list[str], most: int = 6) -> Markup:
        names = [self.section(code) for code in used[:most]]
        if len(used) > most:
            names.append(self.say("section.more", count=len(used) - most))
        return Markup(", ").join(names)


def decimals_of(row: Observation) -> int | None:
    """Decimals to show: as printed for percentages, as many as are exact for the rest (None)."""
    exponent = row.resolution.as_tuple()
    if exponent.digits == (1,) and row.unit in ("percent", "percentage-point"):
        return max(0, -exponent.exponent)
    return None


def check_parameter(name: str, value: object, allowed: Iterable[str]) -> None:
    """Raise InputError unless a parameter's value is allowed; the message names the nearest."""
    if value not in tuple(allowed):
        raise InputError(f"parameter {name}: found {value!r}; {allowed_list(str(value), allowed)}")
