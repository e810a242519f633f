"""Binding: what of a notebook stands in a page, and that a page is whole in itself."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.press import binding

ROOT = Path(__file__).parents[1]
PAGES = [
    "index.html",
    *(
        f"{district}.{language}.html"
        for district in ("phong-tho", "tam-duong", "than-uyen")
        for language in ("vi", "en")
    ),
]
# What makes a browser fetch something, or lead somewhere.
ADDRESSES = (
    "src",
    "srcset",
    "href",
    "xlink:href",
    "action",
    "formaction",
    "data",
    "poster",
    "ping",
)


@pytest.fixture(scope="module")
def pages(whole):
    """The real pages, parsed, by their names."""
    found = {path.name: path.read_text(encoding="utf-8") for path in whole.reports.glob("*.html")}
    assert sorted(found) == sorted(PAGES)
    return {name: BeautifulSoup(text, "html.parser") for name, text in found.items()}


@pytest.fixture(scope="module")
def ids(pages):
    """The ids of the real pages, in their order, by the names of the pages."""
    return {name: [each["id"] for each in page.find_all(id=True)] for name, page in pages.items()}


@pytest.fixture
def bound(tmp_path):
    """Bind notebooks, each given as its cells, into a report and parse it."""

    def bind(*notebooks, language="vi"):
        paths = []
        for number, cells in enumerate(notebooks):
            paths.append(tmp_path / f"{number}.ipynb")
            nbformat.write(new_notebook(cells=cells), paths[-1])
        text = binding.report(paths, language, "muong-te", "Mường Tè", b"pandas==1\n")
        return BeautifulSoup(text, "html.parser")

    return bind


def prose(text, *tags):
    return new_markdown_cell(text, metadata={"tags": list(tags)})


def code(source, *outputs):
    return new_code_cell(source, outputs=list(outputs))


def html(text):
    return new_output("display_data", {"text/html": text, "text/plain": "plain"})


def words(element):
    return " ".join(element.get_text().split())


def contents(page):
    """The contents list: (address, text, level), as it is read."""
    found = []
    for link in page.select("nav.contents a"):
        level = len(link.find_parents("ol"))
        found.append((link["href"], words(link), level))
    return found


# ------------------------------------------------------------ from a notebook to a page
@pytest.mark.parametrize(("language", "other"), [("vi", "en"), ("en", "vi")])
def test_cells_of_the_other_language_are_left_out(bound, language, other):
    shown = {"vi": "Tiếng mẹ đẻ", "en": "The mother tongue"}
    cells = [prose(text, tag) for tag, text in shown.items()]
    page = bound([*cells, prose("cả hai, both")], language=language)
    assert page.html["lang"] == language
    assert shown[language] in words(page.main)
    assert shown[other] not in str(page)
    assert "cả hai, both" in words(page.main)


def test_headings_go_one_level_down_and_into_the_contents(bound):
    page = bound(
        [prose("# Hộ nghèo\n\n## Theo xã\n\n### Vùng cao\n\n## Năm 2022")], [prose("# Vốn")]
    )
    found = [(each.name, words(each)) for each in page.main.find_all(re.compile("^h[1-6]$"))]
    assert found == [
        ("h2", "Hộ nghèo"),
        ("h3", "Theo xã"),
        ("h4", "Vùng cao"),
        ("h3", "Năm 2022"),
        ("h2", "Vốn"),
    ]
    assert [(text, level) for _, text, level in contents(page)] == [
        ("Hộ nghèo", 1),
        ("Theo xã", 2),
        ("Năm 2022", 2),
        ("Vốn", 1),
    ]
    for address, text, _ in contents(page):
        assert words(page.find(id=address[1:])) == text


def test_headings_of_the_same_words_have_addresses_of_their_own(bound):
    page = bound([prose("# Hộ nghèo\n\n## Ghi chú")], [prose("# Vốn\n\n## Ghi chú")])
    addresses = [address for address, text, _ in contents(page) if text == "Ghi chú"]
    assert len(addresses) == len(set(addresses)) == 2
    assert len(page.find_all(id=True)) == len({each["id"] for each in page.find_all(id=True)})


def test_signs_in_a_heading_are_signs(bound):
    page = bound([prose("# Vốn & `giải ngân` < 50%")])
    assert [text for _, text, _ in contents(page)] == ["Vốn & giải ngân < 50%"]
    assert words(page.h2) == "Vốn & giải ngân < 50%"


def test_code_is_there_behind_a_switch_that_is_off(bound):
    page = bound([code('print("</pre><script>bad()</script>")')])
    assert page.select_one(".code").get_text().strip() == 'print("</pre><script>bad()</script>")'
    switch = page.find(id="show-code")
    assert switch["type"] == "checkbox"
    assert not switch.has_attr("checked")


def test_of_an_output_the_richest_form_is_shown_as_it_is(bound):
    page = bound([code("1", html('<p id="rich">nghèo</p>'))])
    assert words(page.main.find(id="rich")) == "nghèo"
    assert "plain" not in words(page.main)


def test_what_a_cell_prints_is_shown_as_text(bound):
    printed = new_output("stream", name="stdout", text="<b>\x1b[31mđỏ\x1b[0m</b>\n")
    result = new_output("execute_result", {"text/plain": "<Figure>"}, execution_count=1)
    page = bound([code("1", printed, result)])
    assert [words(each) for each in page.select("pre.output")] == ["<b>đỏ</b>", "<Figure>"]
    assert page.main.find("b") is None


def test_an_image_of_a_cell_is_part_of_the_page(bound):
    page = bound([code("1", new_output("display_data", {"image/png": "iVBO\nRw==\n"}))])
    assert page.main.img["src"] == "data:image/png;base64,iVBORw=="


def test_an_outdated_page_says_so_once_and_in_its_language(bound):
    page = str(bound([prose("# Vốn")], language="en"))
    marked = binding.mark_outdated(page, "en")
    assert "outdated" in words(BeautifulSoup(marked, "html.parser").select_one("p.outdated"))
    assert binding.mark_outdated(marked, "en") == marked


# ------------------------------------------------------------ the real pages
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_request_nothing(pages, name):
    page = pages[name]
    for element in page.find_all(True):
        for attribute in ADDRESSES:
            address = element.get(attribute, "")
            assert not re.match(r"\s*(https?|ftp|wss?|file):|\s*//", address, re.IGNORECASE), (
                element
            )
        if element.get("src"):
            assert element["src"].startswith("data:")
    assert {each["href"] for each in page.find_all("link")} <= {"data:,"}
    assert not page.find_all(["iframe", "object", "embed", "base", "form"])
    styles = " ".join([*(each.get_text() for each in page.find_all("style"))])
    styles += " ".join(each["style"] for each in page.find_all(style=True))
    assert "@import" not in styles
    assert not re.search(r"url\(\s*['\"]?(?!#|data:)", styles)
    scripts = " ".join(each.get_text() for each in page.find_all("script"))
    assert not re.search(r"fetch|XMLHttpRequest|import|WebSocket|sendBeacon|https?:", scripts)


@pytest.mark.parametrize("name", PAGES)
def test_no_id_stands_twice(ids, name):
    assert [each for each, count in Counter(ids[name]).items() if count > 1] == []
    assert "" not in ids[name]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_has_its_target(pages, ids, name):
    targets = {file: set(found) for file, found in ids.items()}
    links = {link["href"] for link in pages[name].find_all("a", href=True)}
    assert any(link.startswith("#") for link in links)
    for link in links:
        if link.startswith("data:"):
            continue
        file, _, anchor = link.partition("#")
        assert file in {"", *PAGES}, link
        assert not anchor or anchor in targets[file or name], link


@pytest.mark.parametrize("name", PAGES)
def test_every_reference_to_an_id_has_its_target(pages, ids, name):
    page, targets = pages[name], set(ids[name])
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"):
        for element in page.find_all(attrs={attribute: True}):
            value = element[attribute]
            assert set(value if isinstance(value, list) else value.split()) <= targets, element
    drawn = " ".join(map(str, page.find_all("svg")))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', drawn)) <= targets


@pytest.mark.parametrize("name", PAGES)
def test_the_contents_list_every_chapter_and_section_in_order(pages, name):
    page = pages[name]
    headings = page.main.find_all(["h2", "h3"], id=True)
    assert [(f"#{each['id']}", words(each), int(each.name[1]) - 1) for each in headings] == (
        contents(page)
    )
    assert len(page.find_all("h1")) == 1
    assert page.title.get_text().strip()


@pytest.mark.parametrize("name", [name for name in PAGES if name != "index.html"])
def test_a_report_has_the_code_and_the_prose_of_every_chapter(pages, whole, name):
    page, language = pages[name], name.split(".")[1]
    shown = [each.get_text().strip() for each in page.select(".code")]
    chapters = [path for path in sorted(whole.notebooks.glob("*.ipynb")) if path.name[0] in "23456"]
    assert len(page.main.find_all("section", recursive=False)) == len(chapters)
    for path in chapters:
        for cell in nbformat.read(path, as_version=4).cells:
            tags = cell.metadata.get("tags", [])
            if cell.cell_type == "code":
                assert cell.source.strip() in shown
            elif cell.source.startswith("# "):
                title = cell.source.splitlines()[0][2:]
                titles = [words(each) for each in page.find_all("h2")]
                assert (title in titles) == (language in tags)
