"""The registries every district shares: data/raw/reference/*.csv.

Each registry is a dictionary from code to entry. Names are in both languages: `entry.name("vi")`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from itertools import groupby

from . import rows
from .errors import InputError, Problems
from .project import Project


@dataclass(frozen=True)
class Entry:
    """An entry of a registry: its code and its name in each language."""

    code: str
    name_vi: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_vi if language == "vi" else self.name_en


@dataclass(frozen=True)
class Unit(Entry):
    """A unit of measure: `factor` turns a value into the first unit of the same measure."""

    plural_en: str
    measure: str
    factor: Decimal

    def name_for(self, value: Decimal | None, language: str) -> str:
        if language == "en" and value is not None and abs(value) != 1:
            return self.plural_en
        return self.name(language)


@dataclass(frozen=True)
class Indicator(Entry):
    """What a figure measures.

    `nature` is stock, flow or rate; `units` the units it is kept in, one per measure; a rate names
    the indicator of its `count` and of its `base`; `by_standard` says that it exists only under a
    poverty standard. `label` is its name inside its topic, for charts.
    """

    topic: str
    nature: str
    units: tuple[str, ...]
    count: str
    base: str
    by_standard: bool
    label_vi: str
    label_en: str

    def label(self, language: str) -> str:
        label = self.label_vi if language == "vi" else self.label_en
        return label or self.name(language)


@dataclass(frozen=True)
class Standard(Entry):
    """A poverty standard: its act and the first and last year whose reviews use it."""

    label_vi: str
    label_en: str
    act_vi: str
    act_en: str
    first_review: int
    last_review: int

    def label(self, language: str) -> str:
        return self.label_vi if language == "vi" else self.label_en

    def act(self, language: str) -> str:
        return self.act_vi if language == "vi" else self.act_en


@dataclass(frozen=True)
class Programme(Entry):
    """A programme, project or sub-project; `number` is its number inside the programme."""

    parent: str
    number: str
    kind: str
    act: str


@dataclass(frozen=True)
class Kind(Entry):
    """An entry with a kind: an organisation, or a fund or kind of capital."""

    kind: str


@dataclass(frozen=True)
class Area:
    """An administrative unit as it stood before July 2025; its key is the code, never the name."""

    code: str
    kind: str
    parent: str
    official: str
    slug: str
    latitude: float | None
    longitude: float | None
    valid_to: str
    successor: str
    aliases: tuple[str, ...]

    def name(self, language: str) -> str:
        """The official name, with the kind where another unit of the district shares it."""
        if self.kind == "township":
            return f"Thị trấn {self.official}" if language == "vi" else f"{self.official} township"
        return self.official


@dataclass(frozen=True)
class Ratio:
    """The range in which one indicator per another usually lies, in the indicators' first units."""

    numerator: str
    denominator: str
    low: Decimal
    high: Decimal
    reason_vi: str
    reason_en: str


@dataclass(frozen=True)
class Break:
    """A change of definition: figures of a topic do not compare across the start of a year."""

    topic: str
    from_year: int
    reason_vi: str
    reason_en: str

    def reason(self, language: str) -> str:
        return self.reason_vi if language == "vi" else self.reason_en


@dataclass(frozen=True)
class Reference:
    """All registries of the project."""

    units: dict[str, Unit]
    topics: dict[str, Entry]
    indicators: dict[str, Indicator]
    standards: dict[str, Standard]
    programmes: dict[str, Programme]
    funds: dict[str, Kind]
    organisations: dict[str, Kind]
    areas: dict[str, Area]
    ratios: tuple[Ratio, ...]
    breaks: tuple[Break, ...]

    @cached_property
    def _by_slug(self) -> dict[str, Area]:
        return {area.slug: area for area in reversed(self.areas.values()) if area.slug}

    @cached_property
    def _by_parent(self) -> dict[str, list[Area]]:
        found: dict[str, list[Area]] = {}
        for area in self.areas.values():
            found.setdefault(area.parent, []).append(area)
        return found

    def district(self, slug: str) -> Area:
        """Return the district of a slug; KeyError if no district has it."""
        return self._by_slug[slug]

    def communes(self, district: str) -> list[Area]:
        """Return the communes and townships of a district, in the order of the registry."""
        return self._by_parent.get(self.district(district).code, [])

    def resolve_area(self, printed: str, district: str) -> str | None:
        """Return the code of a place name as printed, or None.

        Names and aliases are looked up inside the district; a place of another district of the
        province is written with it in brackets: "Trung Chải (Nậm Nhùn)".
        """
        place = self.district(district)
        name = printed
        if "(" in printed or ")" in printed:
            match = _ELSEWHERE.fullmatch(printed)
            others = [
                area
                for area in self.areas.values()
                if match and area.kind in DISTRICT_KINDS and area.official == match["district"]
            ]
            if not others:
                return None
            name, place = match["name"], others[0]
        # A commune may share its district's name; for the whole district, `area` is left empty.
        for area in self._by_parent.get(place.code, []):
            # A bare name is the commune: a township is written with its kind.
            bare = () if area.kind == "township" else (area.official,)
            named = (*bare, area.name("vi"), *area.aliases)
            if name in named:
                return area.code
        return place.code if name in (place.official, f"Huyện {place.official}") else None

    def unit_of(self, indicator: Indicator, measure: str) -> Unit | None:
        """Return the unit in which an indicator's values of a measure are kept, or None."""
        for code in indicator.units:
            if self.units[code].measure == measure:
                return self.units[code]
        return None


NAMES = ("name_vi", "name_en")
INDICATOR_COLUMNS = (
    *("indicator", "topic", "nature", "unit", *NAMES, "label_vi", "label_en"),
    *("count", "base", "standard"),
)
PROGRAMME_COLUMNS = ("programme", "parent", "number", "kind", *NAMES, "act")
AREA_COLUMNS = (
    *("code", "kind", "parent", "valid_from", "name", "slug", "latitude", "longitude"),
    *("valid_to", "successor", "aliases"),
)
RATIO_COLUMNS = ("numerator", "denominator", "low", "high", "reason_vi", "reason_en")
BREAK_COLUMNS = ("topic", "from_year", "reason_vi", "reason_en")
DISTRICT_KINDS = ("district", "city")
_ELSEWHERE = re.compile(r"(?P<name>[^()]+) \((?P<district>[^()]+)\)")


def load(project: Project) -> Reference:
    """Read and check the registries of a project.

    Raises
    ------
    InputError
        If a registry is missing, has another header, a code twice, or names a code of another
        registry that does not exist there.
    """
    states = ((path, path.stat()) for path in project.registries)
    stamp = tuple((path, state.st_size, state.st_mtime_ns) for path, state in states)
    return _load(project, stamp)


@lru_cache(maxsize=4)
def _load(project: Project, stamp: tuple) -> Reference:
    units = _registry(
        project,
        "units",
        ("unit", *NAMES, "plural_en", "measure", "factor"),
        lambda r: Unit(*_head(r, "unit"), r["plural_en"], r["measure"], _number(r, "factor")),
    )
    topics = _registry(project, "topics", ("topic", *NAMES), lambda r: Entry(*_head(r, "topic")))
    indicators = _registry(
        project,
        "indicators",
        INDICATOR_COLUMNS,
        lambda r: Indicator(
            *_head(r, "indicator"),
            r["topic"],
            r["nature"],
            tuple(r["unit"].split()),
            r["count"],
            r["base"],
            r["standard"] == "yes",
            r["label_vi"],
            r["label_en"],
        ),
    )
    standards = _registry(
        project,
        "standards",
        (
            *("standard", *NAMES, "label_vi", "label_en", "act_vi", "act_en"),
            *("first_review", "last_review", "income_rural_vnd"),
            *("income_urban_vnd", "upper_rural_vnd", "upper_urban_vnd", "services", "indicators"),
        ),
        lambda r: Standard(
            *_head(r, "standard"),
            *(r[column] for column in ("label_vi", "label_en", "act_vi", "act_en")),
            int(_number(r, "first_review")),
            int(_number(r, "last_review")),
        ),
    )
    programmes = _registry(
        project,
        "programmes",
        PROGRAMME_COLUMNS,
        lambda r: Programme(*_head(r, "programme"), r["parent"], r["number"], r["kind"], r["act"]),
    )
    funds = _registry(
        project, "funds", ("fund", "kind", *NAMES), lambda r: Kind(*_head(r, "fund"), r["kind"])
    )
    organisations = _registry(
        project,
        "organisations",
        ("organisation", "kind", *NAMES),
        lambda r: Kind(*_head(r, "organisation"), r["kind"]),
    )
    areas = _registry(
        project,
        "areas",
        AREA_COLUMNS,
        _area,
    )
    reference = Reference(
        units,
        topics,
        indicators,
        standards,
        programmes,
        funds,
        organisations,
        areas,
        tuple(_entries(project, "ratios", RATIO_COLUMNS, _ratio)),
        tuple(_entries(project, "breaks", BREAK_COLUMNS, _break)),
    )
    _check_links(project, reference)
    return reference


def _ratio(row: rows.Row) -> Ratio:
    low, high = _number(row, "low"), _number(row, "high")
    reasons = row["reason_vi"], row["reason_en"]
    return Ratio(row["numerator"], row["denominator"], low, high, *reasons)


def _break(row: rows.Row) -> Break:
    return Break(row["topic"], int(_number(row, "from_year")), row["reason_vi"], row["reason_en"])


class NotANumber(ValueError):
    """A cell of a registry that must hold a number and does not."""

    def __init__(self, column: str, found: str):
        super().__init__(column, found)
        self.column, self.found = column, found


def _number(row: rows.Row, column: str) -> Decimal:
    try:
        return Decimal(row[column])
    except InvalidOperation:
        raise NotANumber(column, row[column]) from None


def _head(row: rows.Row, key: str) -> tuple[str, str, str]:
    return row[key], row["name_vi"], row["name_en"]


def _area(row: rows.Row) -> Area:
    return Area(
        row["code"],
        row["kind"],
        row["parent"],
        row["name"],
        row["slug"],
        float(_number(row, "latitude")) if row["latitude"] else None,
        float(_number(row, "longitude")) if row["longitude"] else None,
        row["valid_to"],
        row["successor"],
        tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
    )


def _registry(
    project: Project, name: str, columns: tuple[str, ...], make: Callable[[rows.Row], object]
) -> dict:
    """Read a registry whose first column is the code of its entries."""
    key, entries = columns[0], {}
    problems = Problems(_shown(project, name))
    for row in _rows(project, name, columns):
        if not row[key]:
            problems.add(row.number, key, "the code is empty", "give each row a code of its own")
        elif row[key] in entries:
            problems.add(row.number, key, f"{row[key]!r} stands twice", "a code is given once")
        else:
            entries[row[key]] = _made(row, make, problems)
    problems.raise_any()
    return entries


def _entries(
    project: Project, name: str, columns: tuple[str, ...], make: Callable[[rows.Row], object]
) -> list:
    """Read a registry without codes."""
    problems = Problems(_shown(project, name))
    entries = [_made(row, make, problems) for row in _rows(project, name, columns)]
    problems.raise_any()
    return entries


def _made(row: rows.Row, make: Callable[[rows.Row], object], problems: Problems) -> object:
    try:
        return make(row)
    except NotANumber as error:
        found = f"found {error.found!r}"
        problems.add(row.number, error.column, found, "a plain number is wanted, such as 0.5")
        return None


def _rows(project: Project, name: str, columns: tuple[str, ...]) -> list[rows.Row]:
    path = project.reference / f"{name}.csv"
    shown = _shown(project, name)
    if not path.is_file():
        raise InputError(f"{shown}: the registry is missing; take it from the project's repository")
    return rows.read(path, shown, columns, explained="docs/transcribing.md")


def _shown(project: Project, name: str) -> str:
    return project.name(project.reference / f"{name}.csv")


def _check_links(project: Project, reference: Reference) -> None:
    """Check that what a registry names exists in the registry it belongs to."""
    indicators, topics = reference.indicators, reference.topics
    links = (
        ("indicators", INDICATOR_COLUMNS, "topic", topics),
        ("indicators", INDICATOR_COLUMNS, "unit", reference.units),
        ("indicators", INDICATOR_COLUMNS, "count", indicators),
        ("indicators", INDICATOR_COLUMNS, "base", indicators),
        ("indicators", INDICATOR_COLUMNS, "nature", ("stock", "flow", "rate")),
        ("programmes", PROGRAMME_COLUMNS, "parent", reference.programmes),
        ("areas", AREA_COLUMNS, "parent", reference.areas),
        ("ratios", RATIO_COLUMNS, "numerator", indicators),
        ("ratios", RATIO_COLUMNS, "denominator", indicators),
        ("breaks", BREAK_COLUMNS, "topic", topics),
    )
    for name, found in groupby(links, key=lambda link: link[0]):
        problems = Problems(_shown(project, name))
        for _, columns, column, allowed in found:
            for row in _rows(project, name, columns):
                for code in row[column].split():
                    if code not in allowed:
                        word = "found" if isinstance(allowed, tuple) else "unknown"
                        near = rows.allowed_list(code, allowed)
                        problems.add(row.number, column, f"{word} {code!r}", near)
        problems.raise_any()
