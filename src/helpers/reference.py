"""The registries every district shares: data/raw/reference/*.csv.

Each registry is a dictionary from code to entry. Names are in both languages: `entry.name("vi")`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

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

    def district(self, slug: str) -> Area:
        """Return the district of a slug; KeyError if no district has it."""
        for area in self.areas.values():
            if area.slug == slug:
                return area
        raise KeyError(slug)

    def communes(self, district: str) -> list[Area]:
        """Return the communes and townships of a district, in the order of the registry."""
        code = self.district(district).code
        return [area for area in self.areas.values() if area.parent == code]

    def resolve_area(self, printed: str, district: str) -> str | None:
        """Return the code of a place name as printed, or None.

        Names and aliases are looked up inside the district; a place of another district of the
        province is written with it in brackets: "Trung Chải (Nậm Nhùn)".
        """
        name, bracket, other = printed.removesuffix(")").partition(" (")
        place = self.district(district)
        if bracket:
            others = [area for area in self.areas.values() if area.slug and area.official == other]
            if not others:
                return None
            place = others[0]
        if name == place.official or name == f"Huyện {place.official}":
            return place.code
        for area in self.areas.values():
            named = (area.official, area.name("vi"), *area.aliases)
            if area.parent == place.code and name in named:
                return area.code
        return None

    def unit_of(self, indicator: Indicator, measure: str) -> Unit | None:
        """Return the unit in which an indicator's values of a measure are kept, or None."""
        for code in indicator.units:
            if self.units[code].measure == measure:
                return self.units[code]
        return None


NAMES = ("name_vi", "name_en")


def load(project: Project) -> Reference:
    """Read and check the registries of a project.

    Raises
    ------
    InputError
        If a registry is missing, has another header, a code twice, or names a code of another
        registry that does not exist there.
    """
    stamp = tuple((path, path.stat().st_mtime_ns) for path in sorted(project.reference.glob("*")))
    return _load(project, stamp)


@lru_cache(maxsize=4)
def _load(project: Project, stamp: tuple) -> Reference:
    units = _registry(
        project,
        "units",
        ("unit", *NAMES, "plural_en", "measure", "factor"),
        lambda r: Unit(*_head(r, "unit"), r["plural_en"], r["measure"], Decimal(r["factor"])),
    )
    topics = _registry(project, "topics", ("topic", *NAMES), lambda r: Entry(*_head(r, "topic")))
    indicators = _registry(
        project,
        "indicators",
        (
            *("indicator", "topic", "nature", "unit", *NAMES, "label_vi", "label_en"),
            *("count", "base", "standard"),
        ),
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
            int(r["first_review"]),
            int(r["last_review"]),
        ),
    )
    programmes = _registry(
        project,
        "programmes",
        ("programme", "parent", "number", "kind", *NAMES, "act"),
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
        (
            *("code", "kind", "parent", "valid_from", "name", "slug", "latitude", "longitude"),
            *("valid_to", "successor", "aliases"),
        ),
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
        _ratios(project),
        _breaks(project),
    )
    _check_links(project, reference)
    return reference


def _ratios(project: Project) -> tuple[Ratio, ...]:
    columns = ("numerator", "denominator", "low", "high", "reason_vi", "reason_en")
    path = project.reference / "ratios.csv"
    return tuple(
        Ratio(
            row["numerator"],
            row["denominator"],
            Decimal(row["low"]),
            Decimal(row["high"]),
            row["reason_vi"],
            row["reason_en"],
        )
        for row in rows.read(path, project.name(path), columns)
    )


def _breaks(project: Project) -> tuple[Break, ...]:
    columns = ("topic", "from_year", "reason_vi", "reason_en")
    path = project.reference / "breaks.csv"
    return tuple(
        Break(row["topic"], int(row["from_year"]), row["reason_vi"], row["reason_en"])
        for row in rows.read(path, project.name(path), columns)
    )


def _head(row: rows.Row, key: str) -> tuple[str, str, str]:
    return row[key], row["name_vi"], row["name_en"]


def _area(row: rows.Row) -> Area:
    return Area(
        row["code"],
        row["kind"],
        row["parent"],
        row["name"],
        row["slug"],
        float(row["latitude"]) if row["latitude"] else None,
        float(row["longitude"]) if row["longitude"] else None,
        row["valid_to"],
        row["successor"],
        tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
    )


def _registry(
    project: Project, name: str, columns: tuple[str, ...], make: Callable[[rows.Row], object]
) -> dict:
    path = project.reference / f"{name}.csv"
    shown = project.name(path)
    if not path.is_file():
        raise InputError(f"{shown}: the registry is missing; take it from the project's repository")
    key, entries, problems = columns[0], {}, Problems(shown)
    for row in rows.read(path, shown, columns):
        if not row[key]:
            problems.add(row.number, key, "the code is empty", "give each row a code of its own")
        elif row[key] in entries:
            problems.add(row.number, key, f"{row[key]!r} stands twice", "a code is given once")
        else:
            try:
                entries[row[key]] = make(row)
            except (ValueError, InvalidOperation) as error:
                problems.add(row.number, None, f"a number was expected ({error})", "correct it")
    problems.raise_any()
    return entries


def _check_links(project: Project, reference: Reference) -> None:
    problems = Problems(project.name(project.reference / "indicators.csv"))
    for number, indicator in enumerate(reference.indicators.values(), start=2):
        links = [("topic", indicator.topic, reference.topics)]
        links += [("unit", unit, reference.units) for unit in indicator.units]
        links += [
            (column, code, reference.indicators)
            for column, code in (("count", indicator.count), ("base", indicator.base))
            if code
        ]
        for column, code, registry in links:
            if code not in registry:
                problems.add(number, column, f"unknown {code!r}", rows.allowed_list(code, registry))
        if indicator.nature not in ("stock", "flow", "rate"):
            problems.add(
                number, "nature", f"found {indicator.nature!r}", "allowed are stock, flow, rate"
            )
    problems.raise_any()
    problems = Problems(project.name(project.reference / "programmes.csv"))
    for number, programme in enumerate(reference.programmes.values(), start=2):
        if programme.parent and programme.parent not in reference.programmes:
            problems.add(
                number,
                "parent",
                f"unknown {programme.parent!r}",
                rows.allowed_list(programme.parent, reference.programmes),
            )
    problems.raise_any()
