"""The suite's own words: the same in both languages, all there, none left over."""

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from markupsafe import Markup

from helpers import processed, sheets, wording
from helpers.project import LANGUAGES

SOURCE = Path(wording.__file__).parent
KEY = re.compile(r"[a-z_]+(\.\w+)+")
FILES = (".css", ".csv", ".html", ".j2", ".json", ".toml")


def places(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


@cache
def used() -> tuple[frozenset[str], frozenset[str]]:
    """Return what the source names: whole keys, and patterns of keys that are put together."""
    sections = {key.partition(".")[0] for key in wording.catalogue()}
    keys, patterns = set(), set()
    for path in SOURCE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        templates = [node for node in nodes if isinstance(node, ast.JoinedStr)]
        pieces = {id(part) for template in templates for part in template.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and id(node) not in pieces:
                keys.add(str(node.value))
        for template in templates:
            parts = [getattr(part, "value", None) for part in template.values]
            patterns.add(
                "".join(re.escape(part) if isinstance(part, str) else r"\w+" for part in parts)
            )
    for path in SOURCE.rglob("*.j2"):
        keys.update(re.findall(r"\bsay\(['\"]([^'\"]+)", path.read_text(encoding="utf-8")))
    return (
        frozenset(
            key
            for key in keys
            if KEY.fullmatch(key) and key.partition(".")[0] in sections and not key.endswith(FILES)
        ),
        frozenset(
            pattern for pattern in patterns if re.match(rf"({'|'.join(sections)})\\\.", pattern)
        ),
    )


def test_every_phrase_is_there_in_both_languages():
    for key, phrase in wording.catalogue().items():
        assert set(phrase) == set(LANGUAGES), key
        assert all(text.strip() for text in phrase.values()), key


def test_a_phrase_has_the_same_places_in_both_languages():
    # A place at the head of a sentence may be written with a capital.
    for key, phrase in wording.catalogue().items():
        named = [{name.lower() for name in places(phrase[language])} for language in LANGUAGES]
        assert named[0] == named[1], key


def test_places_are_named_plainly():
    for key, phrase in wording.catalogue().items():
        for text in phrase.values():
            assert all(re.fullmatch(r"[A-Za-z_]+", name) for name in places(text)), key


def test_every_key_that_the_source_names_exists():
    keys, _ = used()
    assert "list.and" in keys  # the search itself works
    assert sorted(keys - set(wording.catalogue())) == []


def test_every_key_that_the_source_puts_together_can_exist():
    _, patterns = used()
    assert patterns
    for pattern in patterns:
        assert any(re.fullmatch(pattern, key) for key in wording.catalogue()), pattern


def test_every_key_is_used():
    keys, patterns = used()
    unused = [
        key
        for key in wording.catalogue()
        if key not in keys and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("section", "codes"),
    [("scenario", sheets.SCENARIOS), ("certainty", sheets.CERTAINTIES), ("status", "AEMPU")],
)
def test_every_code_of_a_list_has_its_phrase(section, codes):
    phrased = {key for key in wording.catalogue() if key.startswith(f"{section}.")}
    assert phrased == {f"{section}.{code}" for code in codes}


def test_every_kind_of_finding_has_its_phrase(copied):
    kinds = {
        finding.kind
        for district in copied.districts
        for finding in processed.ingest(copied, district).findings
    }
    assert kinds
    assert {f"finding.{kind}" for kind in kinds} <= set(wording.catalogue())


def test_a_phrase_that_lacks_a_language_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "wording.toml"
    path.write_text('[a]\nb = { vi = "một", en = "one" }\nc = { vi = "hai" }\n', "utf-8")
    monkeypatch.setattr(wording, "CATALOGUE", path)
    with pytest.raises(KeyError, match="en"):
        wording.catalogue.__wrapped__()


def test_what_is_put_into_a_phrase_is_escaped_unless_it_is_markup():
    assert wording.say("bound.greater", "en", value="<5") == "over &lt;5"
    assert wording.say("bound.greater", "vi", value=Markup("<b>5</b>")) == "trên <b>5</b>"
    assert isinstance(wording.say("list.and", "en"), Markup)


@pytest.mark.parametrize(
    ("key", "values"), [("bound.greatest", {"value": 5}), ("bound.greater", {"number": 5})]
)
def test_a_missing_phrase_or_value_is_an_error(key, values):
    with pytest.raises(KeyError):
        wording.say(key, "en", **values)


@pytest.mark.parametrize(
    ("parts", "vi", "en"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a và b", "a and b"),
        (["a", "<b>", "c"], "a, &lt;b&gt; và c", "a, &lt;b&gt; and c"),
        (["a", Markup("<i>b</i>")], "a và <i>b</i>", "a and <i>b</i>"),
        (["<a>"], "&lt;a&gt;", "&lt;a&gt;"),
    ],
)
def test_an_enumeration_is_joined_in_the_language(parts, vi, en):
    assert wording.join(parts, "vi") == vi
    assert wording.join(parts, "en") == en


def test_only_the_first_letter_of_a_name_changes():
    assert wording.capitalised("đường Hồ Chí Minh") == "Đường Hồ Chí Minh"
    assert wording.lowered("Đường Hồ Chí Minh") == "đường Hồ Chí Minh"
    assert wording.capitalised("") == wording.lowered("") == ""
