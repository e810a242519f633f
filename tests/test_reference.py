"""The registries: checked when they are read, and places found by their names."""

import csv
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from helpers import reference
from helpers.errors import InputError

REGISTRIES = {
    "units": "unit",
    "topics": "topic",
    "indicators": "indicator",
    "standards": "standard",
    "programmes": "programme",
    "funds": "fund",
    "organisations": "organisation",
    "areas": "code",
}


def change(project, name, row, column, value, blank_first=False):
    """Set a cell of a registry; the header is row 1. Return the name messages give the file."""
    path = project.reference / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    table[row - 1][table[0].index(column)] = value
    if blank_first:
        table.insert(1, [""] * len(table[0]))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    return project.name(path)


def cell(project, name, row, column):
    with (project.reference / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[row - 2][column]


def refusal(project) -> str:
    with pytest.raises(InputError) as error:
        reference.load(project)
    return str(error.value)


# ------------------------------------------------------------------------- broken registries
@pytest.mark.parametrize("name", [*REGISTRIES, "ratios"])
def test_a_missing_registry_is_refused(copied, name):
    (copied.reference / f"{name}.csv").unlink()
    assert refusal(copied).startswith(f"data/raw/reference/{name}.csv: the registry is missing")


@pytest.mark.parametrize(("name", "key"), REGISTRIES.items())
def test_a_code_given_twice_is_refused(copied, name, key):
    code = cell(copied, name, 2, key)
    file = change(copied, name, 3, key, code)
    assert refusal(copied).startswith(f"{file}, row 3, column {key}: {code!r} stands twice")


@pytest.mark.parametrize(("name", "key"), REGISTRIES.items())
def test_an_empty_code_is_refused(copied, name, key):
    file = change(copied, name, 3, key, "")
    assert refusal(copied).startswith(f"{file}, row 3, column {key}: the code is empty")


@pytest.mark.parametrize(("name", "key"), [*REGISTRIES.items(), ("ratios", "low")])
def test_another_header_is_refused(copied, name, key):
    file = change(copied, name, 1, key, "kode")
    message = refusal(copied)
    assert f"{file}, row 1: unknown column 'kode'" in message
    assert f"{file}, row 1: column {key!r} is missing" in message


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("indicators", "topic"),
        ("indicators", "unit"),
        ("indicators", "count"),
        ("indicators", "base"),
        ("programmes", "parent"),
        ("areas", "parent"),
        ("ratios", "numerator"),
        ("ratios", "denominator"),
    ],
)
def test_a_link_to_nothing_is_refused(copied, name, column):
    file = change(copied, name, 4, column, "nowhere")
    (line,) = refusal(copied).splitlines()
    assert line.startswith(f"{file}, row 4, column {column}: unknown 'nowhere'; ")
    assert "allowed" in line


def test_an_unknown_nature_is_refused(copied):
    file = change(copied, "indicators", 4, "nature", "level")
    message = refusal(copied)
    assert message == f"{file}, row 4, column nature: found 'level'; allowed are stock, flow, rate"


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("units", "factor"),
        ("standards", "first_review"),
        ("standards", "last_review"),
        ("areas", "latitude"),
        ("ratios", "low"),
    ],
)
def test_a_word_in_place_of_a_number_is_refused(copied, name, column):
    file = change(copied, name, 3, column, "nhiều")
    (line,) = refusal(copied).splitlines()
    assert line.startswith(f"{file}, row 3, column {column}: ")
    assert "nhiều" in line
    assert "number" in line


@pytest.mark.parametrize(("name", "column"), [("indicators", "topic"), ("programmes", "parent")])
def test_an_empty_row_above_does_not_shift_the_row_named(copied, name, column):
    file = change(copied, name, 4, column, "nowhere", blank_first=True)
    assert refusal(copied).startswith(f"{file}, row 5, column {column}: ")


def test_every_mistake_of_a_registry_is_named_at_once(copied):
    change(copied, "indicators", 3, "topic", "nowhere")
    change(copied, "indicators", 5, "unit", "nothing")
    assert len(refusal(copied).splitlines()) == 2


def test_a_corrected_registry_is_read_anew(copied):
    right = cell(copied, "indicators", 3, "topic")
    change(copied, "indicators", 3, "topic", "nowhere")
    refusal(copied)
    change(copied, "indicators", 3, "topic", right)
    assert "households" in reference.load(copied).indicators


# ------------------------------------------------------------------------- the real registries
def test_everything_is_named_in_both_languages(registries):
    for name in ("units", "topics", "indicators", "standards", "programmes", "funds"):
        for entry in getattr(registries, name).values():
            assert entry.name("vi"), entry
            assert entry.name("en"), entry


def test_an_indicator_is_kept_in_one_unit_per_measure(registries):
    for indicator in registries.indicators.values():
        measures = [registries.units[code].measure for code in indicator.units]
        assert measures, indicator
        assert len(set(measures)) == len(measures), indicator
        for code, measure in zip(indicator.units, measures, strict=True):
            assert registries.unit_of(indicator, measure).code == code
    assert registries.unit_of(registries.indicators["population"], "area") is None


def test_units_turn_into_each_other_exactly(registries):
    units = list(registries.units.values())
    for one in units:
        for other in (unit for unit in units if unit.measure == one.measure):
            assert one.factor > 0
            ratio = Fraction(one.factor) / Fraction(other.factor)
            assert Fraction(one.factor / other.factor) == ratio, (one.code, other.code)


def test_only_rates_have_a_count_and_a_base(registries):
    for indicator in registries.indicators.values():
        assert indicator.nature == "rate" or not (indicator.count or indicator.base), indicator


def test_the_reviews_of_a_standard_run_forwards(registries):
    for standard in registries.standards.values():
        assert standard.first_review <= standard.last_review


def test_a_name_means_one_place_of_its_district(registries):
    parents = {area.parent for area in registries.areas.values()}
    for parent in parents:
        names = Counter(
            name
            for area in registries.areas.values()
            if area.parent == parent
            for name in {area.name("vi"), *area.aliases}
        )
        assert not [name for name, times in names.items() if times > 1]


# ------------------------------------------------------------------------- names
def test_an_english_unit_takes_its_plural(registries):
    household = registries.units["household"]
    assert household.name_for(Decimal(1), "en") == "household"
    assert household.name_for(Decimal("1.5"), "en") == household.name_for(None, "en") + "s"
    assert household.name_for(Decimal(2), "vi") == "hộ"


def test_a_label_falls_back_on_the_name(registries):
    rate = registries.indicators["poverty_rate"]
    for language in ("vi", "en"):
        assert rate.label(language) == rate.name(language)


def test_a_township_is_told_from_the_district_of_its_name(registries):
    township = registries.areas["03390"]
    assert township.name("vi") == "Thị trấn Tam Đường"
    assert township.name("en") == "Tam Đường township"
    assert registries.areas["106"].name("vi") == "Tam Đường"


# ------------------------------------------------------------------------- places
def test_a_district_is_found_by_its_folder(registries):
    assert registries.district("than-uyen").official == "Than Uyên"
    with pytest.raises(KeyError):
        registries.district("ha-noi")


@pytest.mark.parametrize(
    ("printed", "district", "code"),
    [
        ("Tả Lèng", "tam-duong", "03400"),
        ("Tạ Lèng", "tam-duong", "03400"),
        ("Thị trấn", "tam-duong", "03390"),
        ("Thị trấn", "than-uyen", "03595"),
        ("Thị trấn Tam Đường", "tam-duong", "03390"),
        ("Tam Đường", "tam-duong", "106"),
        ("Huyện Tam Đường", "tam-duong", "106"),
        ("Trung Chải (Nậm Nhùn)", "phong-tho", "03503"),
        ("Tạ Lèng (Tam Đường)", "phong-tho", "03400"),
        ("Thị trấn (Than Uyên)", "tam-duong", "03595"),
    ],
)
def test_a_place_is_found_by_name_or_alias(registries, printed, district, code):
    assert registries.resolve_area(printed, district) == code


@pytest.mark.parametrize(
    ("printed", "district"),
    [
        ("Tả Lèng", "phong-tho"),
        ("Tạ Lèng", "phong-tho"),
        ("Tam Đường", "phong-tho"),
        ("Trung Chải", "phong-tho"),
        ("Tả Lèng (Than Uyên)", "tam-duong"),
        ("Tả Lèng (Hà Nội)", "tam-duong"),
        ("", "tam-duong"),
    ],
)
def test_a_place_that_is_not_there_is_not_found(registries, printed, district):
    assert registries.resolve_area(printed, district) is None


@pytest.mark.parametrize(
    "printed", ["Tả Lèng)", "Tả Lèng (Tam Đường", "Tả Lèng (", "Tả Lèng (Tam Đường) x"]
)
def test_a_bracket_without_its_fellow_is_not_passed_over(registries, printed):
    assert registries.resolve_area(printed, "tam-duong") is None


def test_every_commune_is_found_inside_its_district_and_in_brackets_from_another(registries):
    districts = [area for area in registries.areas.values() if area.kind in ("district", "city")]
    lost = []
    for district in districts:
        outside = next(other.slug for other in districts if other != district)
        for commune in registries.communes(district.slug):
            bracketed = f"{commune.name('vi')} ({district.official})"
            found = {
                registries.resolve_area(commune.name("vi"), district.slug),
                registries.resolve_area(bracketed, outside),
            }
            if found != {commune.code}:
                lost.append(bracketed)
    assert len(districts) > 1
    assert lost == []
