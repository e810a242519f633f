"""Figure sheets and document metadata: what people transcribe from a report, checked row by row.

A document is a folder data/raw/<district>/<document>/ with document.toml (what the report is) and
figures.csv or figures.xlsx (one row per printed figure). docs/transcribing.md explains each column.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from . import numbers, periods, rows
from .errors import InputError, MalformedNumber, Problems
from .numbers import PrintedNumber
from .periods import Period
from .project import Project
from .reference import Indicator, Reference, Unit

REQUIRED = ("id", "section", "indicator", "period", "scenario", "printed", "unit")
OPTIONAL = (
    *("area", "organisation", "programme", "fund", "standard", "detail_vi", "detail_en"),
    *("part_of", "within", "reading", "reading_of", "reason_vi", "reason_en", "certainty"),
    *("note_vi", "note_en"),
)
DOCUMENT_REQUIRED = ("title_vi", "title_en", "issuer_vi", "issuer_en", "date", "period", "cut_off")
DOCUMENT_KEYS = {
    **dict.fromkeys((*DOCUMENT_REQUIRED, "number", "sha256", "note_vi", "note_en"), str),
    "draft": bool,
    "renamed": dict,
}
SCENARIOS = ("plan", "actual", "estimate")
CERTAINTIES = ("certain", "likely", "unsure")

_ID = re.compile(r"[a-z][a-z0-9-]*")
_SECTION = re.compile(
    r"(?:P\d+\.)?(?:opening|[IVX]+(?:\.\d+)*(?:\.[a-z])?)(?: fn\d+)?|annex \d+", re.ASCII
)


@dataclass(frozen=True)
class Document:
    """A district's report, as a source: what it is, not what it says.

    `renamed` says which sections its misnumbered headings really are (see texts.passages).
    `date` may be a year, a month or a day, as far as the report gives it; `period` is what the
    report covers and `cut_off` the day its running figures stop at.
    """

    code: str
    title_vi: str
    title_en: str
    issuer_vi: str
    issuer_en: str
    number: str
    date: Period
    period: Period
    cut_off: Period
    draft: bool
    sha256: str
    note_vi: str
    note_en: str
    renamed: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def title(self, language: str) -> str:
        return self.title_vi if language == "vi" else self.title_en

    def issuer(self, language: str) -> str:
        return self.issuer_vi if language == "vi" else self.issuer_en

    def note(self, language: str) -> str:
        return self.note_vi if language == "vi" else self.note_en


@dataclass(frozen=True)
class Figure:
    """One printed figure: the row as typed, and what its codes and strings mean.

    `stated` is the figure as printed, or None where the print is malformed; `reading` is how a
    person reads it, where the print is malformed or impossible.
    """

    row: rows.Row
    indicator: Indicator
    unit: Unit
    kept_in: Unit
    areas: tuple[str, ...]
    period: Period
    stated: PrintedNumber | None
    reading: PrintedNumber | None
    part_of: tuple[tuple[str, str], ...]
    within: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.row["id"]

    @property
    def taken(self) -> PrintedNumber:
        """The number the suite works with: the reading where there is one, else the print."""
        return self.reading or self.stated


@dataclass(frozen=True)
class Sheet:
    """A document with its figures in the order of the sheet."""

    document: Document
    figures: list[Figure]


def load(project: Project, district: str) -> list[Sheet]:
    """Return the checked sheets of a district, one per document, in the order of their folders.

    Raises
    ------
    InputError
        With every mistake of the first faulty file: file, row, column, what was found and what is
        allowed.
    """
    from . import reference

    registries = reference.load(project)
    slugs = [area.slug for area in registries.areas.values() if area.slug]
    if district not in slugs:
        raise InputError(
            f"data/raw/{district}: no unit of data/raw/reference/areas.csv has this slug;"
            f" {rows.allowed_list(district, slugs)}"
        )
    for folder in project.undocumented(district):
        raise InputError(
            f"{project.name(folder)}: a sheet without document.toml; add the file that says which"
            " report the figures are from (docs/transcribing.md)"
        )
    return [
        Sheet(
            _document(project, folder), _figures(project, _sheet_path(project, folder), registries)
        )
        for folder in project.documents(district)
    ]


def _document(project: Project, folder: Path) -> Document:
    path = folder / "document.toml"
    name = project.name(path)
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: this is not TOML in UTF-8 ({error}); correct the line") from None
    problems = Problems(name)
    for key, value in fields.items():
        if key not in DOCUMENT_KEYS:
            allowed = rows.allowed_list(key, DOCUMENT_KEYS, "docs/transcribing.md")
            problems.add(None, None, f"unknown key {key!r}", allowed)
        elif not isinstance(value, DOCUMENT_KEYS[key]):
            wanted = {str: "a text in quotes", bool: "true or false", dict: "a table"}
            problems.add(
                None, None, f"key {key!r}: found {value!r}", f"give {wanted[DOCUMENT_KEYS[key]]}"
            )
    for key in DOCUMENT_REQUIRED:
        if not fields.get(key):
            problems.add(None, None, f"key {key!r} is missing or empty", "give it as a text")
    spans = {}
    for key in ("date", "period", "cut_off"):
        if not isinstance(fields.get(key), str) or not fields[key]:
            continue  # told already
        try:
            spans[key] = periods.read(fields[key])
        except ValueError as error:
            problems.add(None, None, f"key {key!r}: {error}", "give YYYY, YYYY-MM or YYYY-MM-DD")
    problems.raise_any()
    return Document(
        code=folder.name,
        **{
            key: fields.get(key, "")
            for key, kind in DOCUMENT_KEYS.items()
            if kind is str and key not in spans
        },
        **spans,
        draft=bool(fields.get("draft", False)),
        renamed=tuple(fields.get("renamed", {}).items()),
    )


def _sheet_path(project: Project, folder: Path) -> Path:
    found = [path for path in (folder / "figures.csv", folder / "figures.xlsx") if path.is_file()]
    if len(found) == 1:
        return found[0]
    state = "both figures.csv and figures.xlsx" if found else "neither figures.csv nor figures.xlsx"
    raise InputError(f"{project.name(folder)}: {state} found; keep exactly one of the two")


def _figures(project: Project, path: Path, registries: Reference) -> list[Figure]:
    name = project.name(path)
    district = path.parent.parent.name
    problems = Problems(name)
    typed = rows.read(path, name, REQUIRED, OPTIONAL, explained="docs/transcribing.md")
    if not typed:
        raise InputError(f"{name}: the sheet has no row below its header; type one row per figure")
    ids = [row["id"] for row in typed]
    first_row = {row["id"]: row.number for row in reversed(typed)}
    figures = []
    for row in typed:
        checks = RowCheck(row, registries, district, problems)
        if not _ID.fullmatch(row["id"]):
            checks.add("id", f"found {row['id']!r}", "an id is a letter, then letters and digits")
        elif first_row[row["id"]] != row.number:
            checks.add(
                "id",
                f"{row['id']!r} already stands in row {first_row[row['id']]}",
                "every figure has an id of its own",
            )
        figures.append(checks.figure(set(ids)))
    problems.raise_any()
    return figures


class RowCheck:
    """Checks one row of a sheet, noting what is wrong with it, and turns it into a Figure."""

    def __init__(self, row: rows.Row, registries: Reference, district: str, problems: Problems):
        self.row, self.registries, self.district = row, registries, district
        self.problems = problems

    def add(self, column: str, found: str, allowed: str) -> None:
        self.problems.add(self.row.number, column, found, allowed)

    def figure(self, ids: set[str]) -> Figure | None:
        row, registries = self.row, self.registries
        if not _SECTION.fullmatch(row["section"]):
            self.add(
                "section",
                f"found {row['section']!r}",
                "write it like opening, II.2.1, P1.II.4.3.a, II.1 fn4 or annex 1",
            )
        indicator = self._code("indicator", registries.indicators, required=True)
        unit = self._code("unit", registries.units, required=True)
        for column, registry in (
            ("organisation", registries.organisations),
            ("programme", registries.programmes),
            ("fund", registries.funds),
        ):
            self._code(column, registry)
        self._choice("scenario", SCENARIOS)
        period = self._period()
        self._standard(indicator, period)
        kept_in = self._kept_in(indicator, unit)
        stated, reading = self._numbers(unit)
        areas, part_of, within = self._areas(), self._part_of(ids), self._within(ids)
        if None in (indicator, unit, kept_in, period) or not (stated or reading):
            return None
        return Figure(
            row, indicator, unit, kept_in, areas, period, stated, reading, part_of, within
        )

    def _code(self, column: str, registry: dict, required: bool = False):
        code = self.row[column]
        if not code and not required:
            return None
        if code not in registry:
            where = f"data/raw/reference/{column}s.csv"
            allowed = rows.allowed_list(code, registry, where)
            self.add(column, f"unknown {code!r}" if code else "it is empty", allowed)
        return registry.get(code)

    def _choice(self, column: str, allowed: tuple[str, ...]) -> None:
        if self.row[column] not in allowed:
            self.add(
                column, f"found {self.row[column]!r}", rows.allowed_list(self.row[column], allowed)
            )

    def _period(self) -> Period | None:
        try:
            return periods.read(self.row["period"])
        except ValueError as error:
            self.add(
                "period",
                str(error),
                "write a day for an instant (2019-12-31), or a span (2018, 2018/2019-09)",
            )
            return None

    def _standard(self, indicator: Indicator | None, period: Period | None) -> None:
        code, standards = self.row["standard"], self.registries.standards
        if indicator is None:
            return
        if not indicator.by_standard:
            if code:
                self.add(
                    "standard",
                    f"found {code!r} for {indicator.code}",
                    "leave it empty: this indicator does not depend on a poverty standard",
                )
            return
        if code not in standards:
            self.add(
                "standard",
                f"unknown {code!r}" if code else "it is empty",
                f"{indicator.code} needs the poverty standard of its review: "
                + rows.allowed_list(code, standards),
            )
            return
        standard = standards[code]
        first, last = standard.first_review, standard.last_review
        if period and not first <= period.round <= last:
            self.add(
                "standard",
                f"{code} with the year {period.round}",
                f"its reviews are those of {first} to {last}",
            )

    def _kept_in(self, indicator: Indicator | None, unit: Unit | None) -> Unit | None:
        if indicator is None or unit is None:
            return None
        kept_in = self.registries.unit_of(indicator, unit.measure)
        if kept_in is None:
            measures = {self.registries.units[code].measure for code in indicator.units}
            allowed = [u.code for u in self.registries.units.values() if u.measure in measures]
            self.add(
                "unit",
                f"{unit.code!r} does not measure {indicator.code}",
                rows.allowed_list(unit.code, allowed),
            )
        return kept_in

    def _numbers(self, unit: Unit | None) -> tuple[PrintedNumber | None, PrintedNumber | None]:
        row, stated, reading = self.row, None, None
        try:
            stated = numbers.read(row["printed"])
        except MalformedNumber as error:
            if not row["printed"]:
                self.add("printed", "it is empty", "type the figure exactly as printed")
            elif not row["reading"]:
                self.add(
                    "printed",
                    f"{row['printed']!r} is malformed: {error}",
                    "keep it as printed and say in column reading how you read it, and why",
                )
        if row["reading"]:
            try:
                reading = numbers.read(row["reading"])
            except MalformedNumber as error:
                self.add(
                    "reading",
                    f"{row['reading']!r} is malformed: {error}",
                    "write it in Vietnamese print, such as 1.234,5",
                )
            self._reading_is_explained()
        for number in (stated, reading):
            if number and number.percent and unit and not unit.measure.startswith("share"):
                self.add(
                    "unit",
                    f"{unit.code!r} with a percent sign",
                    "allowed is percent, or percentage-point for a difference of two percentages",
                )
        return stated, reading

    def _reading_is_explained(self) -> None:
        row = self.row
        if row["reading_of"] != row["printed"]:
            self.add(
                "reading_of",
                f"the reading was made for {row['reading_of']!r}, but the print is"
                f" {row['printed']!r}",
                "look at the document again, then repeat the printed figure here",
            )
        for column in ("reason_vi", "reason_en"):
            if not row[column]:
                self.add(column, "it is empty", "say why the figure is read so")
        self._choice("certainty", CERTAINTIES)

    def _areas(self) -> tuple[str, ...]:
        codes = []
        for name in filter(None, (part.strip() for part in self.row["area"].split(";"))):
            code = self.registries.resolve_area(name, self.district)
            if code is None:
                communes = self.registries.communes(self.district)
                names = [known for area in communes for known in (area.official, *area.aliases)]
                self.add(
                    "area",
                    f"unknown place {name!r}",
                    rows.allowed_list(name, names, "data/raw/reference/areas.csv")
                    + "; separate several by “; ”",
                )
            else:
                codes.append(code)
        return tuple(codes)

    def _part_of(self, ids: set[str]) -> tuple[tuple[str, str], ...]:
        named = [part.partition("@") for part in self.row["part_of"].split()]
        how = "write the id of the total, or id@name where it is divided in several ways"
        self._refers_to_rows("part_of", [total for total, _, _ in named], ids, how)
        return tuple((total, partition) for total, _, partition in named)

    def _within(self, ids: set[str]) -> tuple[str, ...]:
        wholes = self.row["within"].split()
        self._refers_to_rows("within", wholes, ids, "write the id of the whole")
        return tuple(wholes)

    def _refers_to_rows(self, column: str, named: list[str], ids: set[str], how: str) -> None:
        for name in named:
            if name not in ids or name == self.row["id"]:
                self.add(column, f"{name!r} is not the id of another row of this sheet", how)
