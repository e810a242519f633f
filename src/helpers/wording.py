"""The suite's own words in both languages: wording.toml, one entry per phrase.

A phrase is a template with named places; what is put in is escaped unless it is Markup already.
"""

import tomllib
from functools import cache
from pathlib import Path

from markupsafe import Markup

from .project import LANGUAGES

CATALOGUE = Path(__file__).with_name("wording.toml")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every phrase as {key: {language: template}}, keys joined with a point.

    Raises
    ------
    KeyError
        If a phrase lacks a language.
    """
    phrases: dict[str, dict[str, str]] = {}

    def collect(prefix: str, node: dict) -> None:
        if set(node) & set(LANGUAGES):
            phrases[prefix] = {language: node[language] for language in LANGUAGES}
            return
        for key, child in node.items():
            collect(f"{prefix}.{key}" if prefix else key, child)

    collect("", tomllib.loads(CATALOGUE.read_text(encoding="utf-8")))
    return phrases


def say(key: str, language: str, **values: object) -> Markup:
    """Return a phrase in a language with its places filled.

    Raises
    ------
    KeyError
        If the phrase or a place's value is missing.
    """
    return Markup(catalogue()[key][language]).format(**values)


def join(parts: list[Markup | str], language: str) -> Markup:
    """Join parts of an enumeration: "a, b và c", "a, b and c"."""
    if len(parts) < 2:
        return Markup("").join(parts)
    last = say("list.and", language)
    return Markup(", ").join(parts[:-1]) + last + Markup("{}").format(parts[-1])


def capitalised(text: str) -> str:
    """Return a name with a capital at its head, as it begins a cell or a sentence."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """Return a name with a small letter at its head, as it stands inside a sentence."""
    return text[:1].lower() + text[1:]
