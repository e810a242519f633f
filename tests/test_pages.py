"""The pages as a reader has them, in a browser: on a wide screen and a phone, light and dark."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPORTS = ["phong-tho.vi.html", "phong-tho.en.html"]
INDEX = ["index.html", "index.html#en"]
ALL = [
    *INDEX,
    *(
        f"{district}.{language}.html"
        for district in ("phong-tho", "tam-duong", "than-uyen")
        for language in ("vi", "en")
    ),
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE, PHONE = 1200, 375


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        reason = f"no browser: none of {', '.join(BROWSERS)} is installed"
        if os.environ.get("BROWSER_REQUIRED"):
            pytest.fail(f"{reason}, and BROWSER_REQUIRED is set")
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def reports(whole):
    """The folder of the reports of a built project; not to be changed."""
    return whole.reports


@pytest.fixture
def opened(browser, reports):
    """Open a page of the reports; its requests are in `requests`, its complaints in `errors`."""
    contexts = []

    def open_page(name, width=WIDE, scheme="light", height=900):
        viewport = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=viewport, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.requests, page.errors = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.errors.append(message.text))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{reports.as_uri()}/{name}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def focus_by_keyboard(page, selector, most=400):
    """Press Tab until an element has the focus, as a reader without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by Tab")


def open_everything(page):
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.locator("#show-code").check()


def cut_tables(page, most=5):
    """Cut long tables, whose rows are alike: looking at hundreds of them takes its time."""
    page.evaluate(
        "most => document.querySelectorAll('tbody').forEach("
        "body => [...body.rows].slice(most).forEach(row => row.remove()))",
        most,
    )


def overflow(page):
    """How many pixels the page is wider than the screen."""
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")


def complaints(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    return found.generate_report() if found.response["violations"] else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", [*REPORTS, *INDEX])
def test_axe_finds_nothing_that_shuts_readers_out(opened, name, width, scheme):
    page = opened(name, width, scheme)
    if (name, width, scheme) != (REPORTS[0], WIDE, "light"):
        cut_tables(page)
    assert complaints(page) == ""


@pytest.mark.parametrize("name", [REPORTS[0], INDEX[0]])
def test_axe_finds_nothing_on_a_phone_with_code_and_details_open(opened, name):
    page = opened(name, PHONE)
    cut_tables(page)
    open_everything(page)
    assert complaints(page) == ""


@pytest.mark.parametrize("name", ALL)
def test_a_phone_needs_no_sideways_scrolling(opened, name):
    page = opened(name, PHONE)
    assert overflow(page) == 0
    open_everything(page)
    assert overflow(page) == 0


@pytest.mark.parametrize("name", ALL)
def test_a_page_requests_nothing_but_itself(opened, reports, name):
    page = opened(name)
    open_everything(page)
    page.keyboard.press("End")
    page.wait_for_load_state("networkidle")
    itself = f"{reports.as_uri()}/{name}".split("#")[0]
    assert {url.split("#")[0] for url in page.requests if not url.startswith("data:")} == {itself}
    assert page.errors == []


def test_the_colours_follow_the_readers_scheme(opened):
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(REPORTS[0], scheme=scheme) for scheme in ("light", "dark"))
    brightness = [
        sum(map(int, page.evaluate(colour).removeprefix("rgb(").rstrip(")").split(",")))
        for page in (light, dark)
    ]
    assert brightness[0] > 600 > 150 > brightness[1]


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", [*REPORTS, INDEX[0]])
def test_the_code_is_shown_and_hidden_by_keyboard(opened, name, width):
    page = opened(name, width)
    code = page.locator("main .code").first
    assert not code.is_visible()
    if width == PHONE:
        focus_by_keyboard(page, ".contents summary")
        page.keyboard.press("Enter")
    focus_by_keyboard(page, "#show-code")
    page.keyboard.press("Space")
    assert code.is_visible()
    page.keyboard.press("Space")
    assert not code.is_visible()


def test_the_first_tab_leads_past_the_contents(opened):
    page = opened(REPORTS[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [("index.html", "vi", "en"), ("index.html#vi", "vi", "en"), ("index.html#en", "en", "vi")],
)
def test_the_index_is_in_vietnamese_and_at_en_in_english(opened, name, shown, hidden):
    page = opened(name)
    for within in ("h1", "header p", "main", "nav.contents li"):
        place = f"{within} [lang={{0}}], {within}[lang={{0}}], {within} > [lang={{0}}]"
        assert page.locator(place.format(shown)).first.is_visible()
        assert not page.locator(place.format(hidden)).first.is_visible()


def test_the_links_of_the_index_change_its_language_and_keep_it(opened):
    page = opened("index.html")
    english, vietnamese = page.locator("main #en"), page.locator("main #vi")
    page.get_by_role("link", name="English", exact=True).click()
    assert (english.is_visible(), vietnamese.is_visible()) == (True, False)
    page.locator("nav.contents a:visible").last.click()
    assert (english.is_visible(), vietnamese.is_visible()) == (True, False)
    page.get_by_role("link", name="Tiếng Việt", exact=True).click()
    assert (english.is_visible(), vietnamese.is_visible()) == (False, True)


@pytest.mark.parametrize(("name", "language"), [(REPORTS[0], "vi"), (REPORTS[1], "en")])
def test_a_reader_finds_back_to_the_index_in_the_same_language(opened, name, language):
    page = opened(name)
    page.locator("header a").first.click()
    assert page.locator(f"main #{language}").is_visible()
    page.locator(f"main #{language} a[href='{name}']").first.click()
    assert page.url.endswith(name)


def test_a_number_leads_to_the_row_with_its_print(opened):
    page = opened(REPORTS[0])
    link = page.locator("main a.f").first
    target = link.get_attribute("href").removeprefix("#")
    link.click()
    assert page.locator(f"tr[id='{target}']").is_visible()
    page.wait_for_function(
        "id => { const box = document.getElementById(id).getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight }",
        arg=target,
    )
