"""What every page of ours must be, whoever looks at it and on whatever."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()
SHEETS, SCRIPTS = 5, 7
PHONE, DESK = 360, 1280
# What comes only when the page stands and the browser is idle.
# What comes once a page has nothing else to do, or once its reader begins; on the bench some of our libraries come only
# with such modules.
IDLE = re.compile(
    r"/static/js/(modules/(comments|device|shelf|passages|review-device)|lib/(courier|anchors|visit))[.\w]*\.js"
)
IDLE_ON_THE_BENCH = re.compile(r"/static/js/(modules/(phrases|sheet)|lib/(store|timing))[.\w]*\.js")


def accessible(page) -> None:
    """Axe finds nothing, neither against WCAG 2.2 AA nor against its own best practices."""
    found = AXE.run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]] == []


def fits(page, width: int) -> None:
    """Nothing makes the page scroll sideways."""
    if page.viewport_size["width"] != width:
        page.set_viewport_size({"width": width, "height": 900})
    sideways = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert sideways == [], f"too wide at {width}"


def named(page) -> None:
    """One main heading, and a title that ends with the name of the house."""
    assert page.locator("h1").count() == 1
    assert page.title().endswith(" – BerAKHLAK")
    assert page.title().count("BerAKHLAK") <= 2


def light(page) -> None:
    """No more style sheets and scripts of ours than a slow line can bear."""
    requested = page.watch.requested
    assert len({url for kind, url in requested if kind == "stylesheet"}) <= SHEETS
    paths = {urlsplit(url).path for _kind, url in requested}
    own = {path for path in paths if path.startswith("/static/js/") and not IDLE.match(path)}
    if urlsplit(page.url).path.startswith("/telaah/"):
        own = {path for path in own if not IDLE_ON_THE_BENCH.match(path)}
    assert len(own) <= SCRIPTS
