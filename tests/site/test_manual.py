"""The pages of the manual as they are built: links, scripts and frames, in a browser that reaches nothing else."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import pytest
from test_accessibility import RULES

import micrograd

pytestmark = pytest.mark.slow


class Links(HTMLParser):
    """What a page links, what it loads, and the places that can be linked."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.places = [], [], set()
        self.feed(re.sub(r'srcdoc="[^"]*"', "", text))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.places |= {found.get("id"), found.get("name")}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.loads += [found[key] for key in ("src", "srcset") if key in found]
        self.loads += [found["href"]] if tag == "link" else []


@pytest.fixture(scope="module")
def pages(site_folder):
    """Every page of the manual, read."""
    return {path: Links(path.read_text(encoding="utf-8")) for path in site_folder.glob("docs/**/*.html")}


def is_elsewhere(link):
    return re.match(r"[a-z]+:", link)


def test_every_link_and_every_anchor_leads_somewhere(pages, site_folder):
    dead = []
    for path, page in pages.items():
        for link in page.links + page.loads:
            if not is_elsewhere(link):
                target, anchor = map(unquote, urldefrag(link))
                found = (path.parent / target.split("?")[0]).resolve() if target else path
                if not found.is_file() or (anchor and found in pages and anchor not in pages[found].places):
                    dead.append(f"{path.relative_to(site_folder)}: {link}")
    assert len(pages) > 300 and dead == []


def test_nothing_is_loaded_from_elsewhere(pages):
    assert [link for page in pages.values() for link in page.loads if is_elsewhere(link) and link[:5] != "data:"] == []


def test_nothing_but_pages_is_left_in_the_folder(site_folder):
    kinds = {path.suffix for path in site_folder.glob("docs/**/*") if path.is_file()}
    assert kinds <= {".html", ".js", ".css", ".svg", ".png", ".woff2", ".ipynb", ".map", ".txt"}
    assert not [*site_folder.glob("docs/.*"), *site_folder.glob("docs/_sources")]


def test_the_search_finds_a_word(visit):
    page = visit("docs/search.html?q=upstream")
    page.wait_for_selector("ul.search li")
    assert page.locator("ul.search li").count() > 3


def test_formulas_are_set(visit):
    page = visit("docs/course/8-calculus.html")
    page.wait_for_selector(".math .katex")
    assert page.locator(".math:not(:has(.katex))").count() == 0
    assert page.locator(".katex-error").count() == 0


def test_pages_without_formulas_load_no_katex(visit):
    page = visit("docs/contract.html")
    assert not page.evaluate("performance.getEntriesByType('resource').some(it => it.name.includes('katex'))")


def test_a_stepper_in_a_page_steps(visit):
    stepper = visit("docs/course/3-step-by-step.html").frame_locator("iframe >> nth=0")
    stepper.locator("#count", has_text="/").wait_for()  # the scripts of the page have run
    assert "Seed: ∂e/∂e = 1" in stepper.locator("body").inner_text()
    stepper.get_by_role("button", name="Next →").click()
    assert "Seed: ∂e/∂e = 1" not in stepper.locator("body").inner_text()


def test_a_frame_has_the_colours_and_the_height_that_it_asks_for(visit):
    """The page of a stepper as it is made today: the outputs in the notebooks are as old as their last run."""
    page = visit("docs/course/3-step-by-step.html")
    page.evaluate(
        "html => (document.querySelector('iframe[srcdoc]').srcdoc = html)", micrograd.step("a*b", a=2, b=3).html
    )
    stepper = page.locator("iframe").first.element_handle().content_frame()
    stepper.get_by_text("Backpropagation of L = a·b").wait_for()
    stepper.wait_for_function("document.body.className !== 'waiting'")  # until then it hears of no theme
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function("document.querySelector('iframe').style.height.endsWith('px')")
    for theme, colour in {"dark": "rgb(20, 25, 31)", "light": "rgb(255, 255, 255)"}.items():
        page.evaluate("theme => (document.body.dataset.theme = theme)", theme)
        stepper.wait_for_function("colour => getComputedStyle(document.body).backgroundColor === colour", arg=colour)


def test_the_menus_open_from_the_keyboard(visit):
    page = visit("docs/contract.html", width=390)
    link = page.locator(".sidebar-tree").get_by_role("link", name="Reference")
    page.get_by_role("button", name="Pages", exact=True).press("Enter")
    page.wait_for_function("document.querySelector('.sidebar-drawer').getBoundingClientRect().left === 0")
    assert link.is_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("document.querySelector('.sidebar-drawer').getBoundingClientRect().right <= 0")


@pytest.mark.parametrize(
    "address", ["index", "course/3-step-by-step", "reference/nn", "contract", "source/micrograd/ops.py"]
)
def test_no_page_scrolls_sideways(visit, address):
    page = visit(f"docs/{address}.html")
    for width in (390, 820, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_lesson_plan_is_one_page_of_paper(visit):
    paper = visit("docs/lesson-plan.html").pdf(prefer_css_page_size=True)
    assert re.findall(rb"/Type /Page\b.*?/MediaBox \[0 0 (\d+)", paper, re.S) == [b"594"]


PAGES = ["index", "course/6-training", "reference/calculus", "differences", "source/micrograd/nn/index"]
FOUND = "axe.run({exclude: ['iframe']}, Object.assign({resultTypes: ['violations']}, %s)).then(it => it.violations)"


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_accessible(visit, address):
    """All rules in light; in dark, those about colours."""
    from axe_playwright_python.base import AXE_SCRIPT

    page = visit(f"docs/{address}.html", width=390)
    page.evaluate(AXE_SCRIPT)
    for scheme, options in {"light": f"{{rules: {RULES}}}", "dark": "{runOnly: ['color-contrast']}"}.items():
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(FOUND.replace("%s", options))
        assert [(it["id"], len(it["nodes"]), it["nodes"][0]["html"][:200]) for it in found] == [], scheme


def test_formulas_that_a_cell_gave_are_set(site_folder):
    raw = [page.name for page in site_folder.glob("docs/course/*.html") if "$$" in page.read_text(encoding="utf-8")]
    assert raw == []
