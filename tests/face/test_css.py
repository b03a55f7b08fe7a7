"""The style sheets keep their own rules: colours live in tokens.css, and every pair can be read."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
# admin.css belongs to Django's admin, which has no layers and colours of its own.
SHEETS = sorted(sheet for sheet in CSS.glob("*.css") if sheet.name != "admin.css")
TOKENS = (CSS / "tokens.css").read_text()
LAYERS = {"reset", "tokens", "base", "layout", "components", "pages", "utilities"}
# These speak outside the layers on purpose: print must beat everything, forced colours too, and the
# editor's own sheet has no layer.
UNLAYERED_AT = ("@media print", "@media (forced-colors: active)")
UNLAYERED_SHEETS = {"editor.css"}


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def top_level(text: str) -> list[str]:
    """The heads of the rules that stand outside every brace."""
    heads, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char == "{":
            if depth == 0:
                heads.append(text[start:at].strip())
            depth += 1
        elif char == "}":
            depth -= 1
            start = at + 1
        elif char == ";" and depth == 0:
            start = at + 1
    assert depth == 0, "unbalanced braces"
    return heads


def scheme(name: str) -> dict[str, str]:
    """Token name to six hex digits, for "light" or "dark"."""
    both = re.findall(r"--([\w-]+): light-dark\(#([0-9A-F]{6}), #([0-9A-F]{6})\)", TOKENS)
    return {token: light if name == "light" else dark for token, light, dark in both}


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "link") for ground in ("paper", "surface", "sunken")],
    *[(ink, "selected") for ink in ("ink", "ink-soft", "link")],
    *[(ink, "accent-tint") for ink in ("ink", "ink-soft", "link")],
    *[("on-accent", fill) for fill in ("accent", "accent-hover", "accent-deep")],
    *[("on-band", fill) for fill in ("band-start", "band-end")],
    *[("link-visited", ground) for ground in ("paper", "surface")],
    *[(tone, ground) for tone in ("ok", "warn", "error", "info") for ground in ("paper", "surface", f"{tone}-tint")],
    *[("ink", f"{tone}-tint") for tone in ("ok", "warn", "error", "info")],
    *[(ink, "info-tint") for ink in ("ink-soft", "ok", "warn")],
    *[("link", f"{tone}-tint") for tone in ("ok", "warn", "error", "info")],
    *[(brand, "surface") for brand in ("brand-start", "brand-end")],
    ("band-end", "focus-on-band"),
    ("band-end", "on-band"),
    ("surface", "ok"),
]
EDGES = [
    *[("control", ground) for ground in ("paper", "surface", "sunken")],
    *[("focus", ground) for ground in ("paper", "surface", "sunken")],
    *[("focus-on-band", fill) for fill in ("band-start", "band-end")],
    *[("accent", ground) for ground in ("paper", "surface")],
    *[("gold", ground) for ground in ("paper", "surface")],
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    colors = scheme(theme)
    assert contrast(colors[ink], colors[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_seen(theme, edge, ground):
    colors = scheme(theme)
    assert contrast(colors[edge], colors[ground]) >= 3.0


def test_older_browsers_get_the_same_light_theme():
    plain = dict(re.findall(r"^ {4}--([\w-]+): (?:#([0-9A-F]{6}));", TOKENS, flags=re.MULTILINE))
    assert plain == scheme("light")


@pytest.mark.parametrize("sheet", [s for s in SHEETS if s.name != "tokens.css"], ids=lambda s: s.name)
def test_colours_are_written_only_in_tokens(sheet):
    found = re.findall(
        r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|color)\(",
        without_comments(sheet.read_text()),
    )
    assert found == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_every_variable_is_defined(sheet):
    everything = "".join(s.read_text() for s in SHEETS)
    defined = set(re.findall(r"(--[\w-]+)\s*:", everything))
    # A fallback makes a variable optional: that is how the variants of .btn work.
    used = set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text()))
    assert used - defined == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_every_rule_joins_a_declared_layer(sheet):
    heads = top_level(without_comments(sheet.read_text()))
    layers = {head.removeprefix("@layer ") for head in heads if head.startswith("@layer ")}
    assert layers <= LAYERS
    outside = [h for h in heads if not h.startswith("@layer ") and h not in UNLAYERED_AT]
    assert sheet.name in UNLAYERED_SHEETS or outside == []


def test_the_order_of_layers_is_declared_first():
    names = re.search(r"@layer ([^{;]+);", TOKENS)
    assert names is not None
    assert set(re.split(r",\s*", names[1])) == LAYERS


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_words_keep_their_letters(sheet):
    """BerAKHLAK is spelt exactly so: no rule may change the case of any text."""
    assert set(re.findall(r"text-transform:\s*([\w-]+)", sheet.read_text())) <= {"none"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.name)
def test_no_nesting_beyond_the_browser_floor(sheet):
    assert "&" not in without_comments(sheet.read_text())
