"""Binding: the executed chapters of one edition into one self-contained HTML file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters.html import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import reader
from nbformat.v4 import new_notebook
from traitlets import List, default

from .. import wording
from ..errors import Failure
from ..project import LANGUAGES

TEMPLATES = Path(__file__).with_name("templates")
OUTDATED = "<!--outdated-->"
NAMED_VERSIONS = ("papermill", "nbconvert", "pandas", "matplotlib", "jupyterlab")
_ADDRESS = re.compile(r'(?P<open><h[2-6][^>]* id=")(?P<id>[^"]+)"')
_HEADING = re.compile(r'<h([23])[^>]* id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)


class ChapterExporter(HTMLExporter):
    """nbconvert's HTML exporter with the suite's own template and none of its page furniture."""

    export_from_notebook = False
    default_preprocessors = List([])

    @default("template_name")
    def _template_name_default(self) -> str:
        return "chapter"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self):
        yield from super().default_filters()
        yield "chapter_markdown", chapter_markdown

    def from_notebook_node(self, nb, resources=None, **options):
        # HTMLExporter parses the finished page again to number its cells: not needed, and slow.
        resources = self._init_resources(resources)
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)

    def _preprocess(self, nb, resources):
        return nb, resources  # there are no preprocessors to copy the notebook for


class ChapterRenderer(IPythonRenderer):
    """Markdown of a chapter: its headings one level lower, since the page has the first."""

    def heading(self, text: str, level: int, **attributes: object) -> str:
        name = re.sub(r"[^\w]+", "-", Markup(text).striptags().lower()).strip("-")
        return f'<h{level + 1} id="{name}">{text}</h{level + 1}>\n'


def chapter_markdown(source: str) -> str:
    """Return a chapter's Markdown as HTML."""
    return MarkdownWithMath(renderer=ChapterRenderer(escape=False)).render(source)


@dataclass
class Entry:
    """An entry of the contents list."""

    id: str
    text: str
    lang: str = ""
    children: list["Entry"] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """A chapter's HTML as it goes into the page."""

    body: Markup
    anchor: str = ""
    lang: str = ""


def chapter(path: Path, language: str) -> Markup:
    """Return an executed notebook as HTML: cells tagged with the other language are left out."""
    # Papermill has held it against the schema of notebooks when it wrote it.
    notebook = reader.reads(path.read_text(encoding="utf-8"))
    others = set(LANGUAGES) - {language}
    notebook.cells = [
        cell for cell in notebook.cells if not others & set(cell.metadata.get("tags", []))
    ]
    return Markup(_exporter().from_notebook_node(notebook)[0].strip())


def read_templates() -> None:
    """Read what pages are made with; it is not looked at again."""
    _css()
    _template()
    _exporter().from_notebook_node(new_notebook())


def report(chapters: list[Path], language: str, slug: str, district: str, lock: bytes) -> str:
    """Return the page of one edition, bound from its executed chapters."""
    bodies = [chapter(path, language) for path in chapters]
    return edition_page(bodies, language, slug, district, lock)


def edition_page(
    chapters: list[Markup], language: str, slug: str, district: str, lock: bytes
) -> str:
    """Return the page of one edition from the HTML of its chapters."""
    bodies = [Chapter(body) for body in with_own_addresses(chapters)]
    other = next(code for code in LANGUAGES if code != language)
    say = _sayer(language)
    links = [
        (say("page.index"), f"index.html{'' if language == 'vi' else '#en'}", ""),
        (say("page.other_language"), f"{slug}.{other}.html", other),
    ]
    return _page(
        language,
        bodies,
        contents(bodies),
        title=say("page.title", district=district),
        heading=say("page.heading", district=district),
        subtitle=say("page.subtitle"),
        links=links,
        versions=versions(lock),
        outdated_place=True,
    )


def index(chapters: dict[str, list[Path]], failures: Sequence[Failure], lock: bytes) -> str:
    """Return the page of all districts: Vietnamese, and English at the address #en.

    It says at its head what could not be built.
    """
    bodies, entries = [], []
    for language in LANGUAGES:
        body = Markup("\n").join(
            [
                notice(failures, language),
                *(chapter(path, language) for path in chapters[language]),
            ]
        )
        bodies.append(Chapter(body, anchor=language, lang=language))
        found = contents([bodies[-1]])
        entries += [Entry(entry.id, entry.text, language, entry.children) for entry in found]
    say = _sayer("vi")
    return _page(
        "vi",
        bodies,
        entries,
        title=say("page.index_title"),
        heading=_both("page.index_title"),
        subtitle=_both("page.index_subtitle"),
        links=[("Tiếng Việt", "#vi", "vi"), ("English", "#en", "en")],
        versions=versions(lock),
        switch=True,
    )


def notice(failures: Sequence[Failure], language: str) -> Markup:
    """Return what could not be built, and why, as HTML; nothing where nothing failed."""
    if not failures:
        return Markup("")
    say = _sayer(language)
    lines = Markup("").join(
        Markup("<li>{}<pre>{}</pre></li>").format(
            say("page.failure", district=failure.district, place=failure.place, message=""),
            failure.message,
        )
        for failure in failures
    )
    return Markup(
        '<div class="outdated" role="status"><strong>{}</strong><ul>{}</ul></div>'
    ).format(say("page.failures"), lines)


def versions(lock: bytes) -> str:
    """Return the versions of the packages that make the reports, as the lock has them."""
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.decode(), re.MULTILINE))
    return ", ".join(f"{name} {found[name]}" for name in NAMED_VERSIONS if name in found)


def _both(key: str) -> Markup:
    """Return a phrase in each language; the page shows the one that is read."""
    return Markup("").join(
        Markup('<span lang="{}">{}</span>').format(language, wording.say(key, language))
        for language in LANGUAGES
    )


def with_own_addresses(bodies: list[Markup]) -> list[Markup]:
    """Number the addresses of headings that have the same words, so that each has its own."""
    seen: dict[str, int] = {}

    def numbered(match: re.Match) -> str:
        name = match["id"]
        seen[name] = seen.get(name, 0) + 1
        return match[0] if seen[name] == 1 else f'{match["open"]}{name}-{seen[name]}"'

    return [Markup(_ADDRESS.sub(numbered, body)) for body in bodies]


def contents(chapters: list[Chapter]) -> list[Entry]:
    """Return the contents list: chapters (h2) with their sections (h3)."""
    entries: list[Entry] = []
    for part in chapters:
        for level, name, text in _HEADING.findall(part.body):
            entry = Entry(name, Markup(text).striptags())
            if level == "2" or not entries:
                entries.append(entry)
            else:
                entries[-1].children.append(entry)
    return entries


def mark_outdated(page: str, language: str) -> str:
    """Return a page with a banner that says it is older than its inputs."""
    banner = Markup('<p class="outdated" role="status">{}</p>').format(
        wording.say("page.outdated", language)
    )
    return page.replace(OUTDATED, str(banner), 1)


def _sayer(language: str):
    return lambda key, **values: wording.say(key, language, **values)


def _page(language: str, chapters: list[Chapter], entries: list[Entry], **values: object) -> str:
    return _template().render(
        language=language,
        chapters=chapters,
        contents=entries,
        say=_sayer(language),
        css=_css(),
        **{"switch": False, "outdated_place": False, **values},
    )


@cache
def _exporter() -> ChapterExporter:
    return ChapterExporter()


@cache
def _css() -> Markup:
    return Markup((TEMPLATES / "page.css").read_text(encoding="utf-8"))


@cache
def _template():
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.keep_trailing_newline = True
    return environment.get_template("page.html.j2")
