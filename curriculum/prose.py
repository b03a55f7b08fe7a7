"""Rich text of the curriculum: what the admin's editor may write and what the pages will show."""

import re
from html import escape, unescape

import nh3

# One configuration for the editor and for the cleaner below, so that they cannot disagree.
PROSE = {
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Heading": {"levels": [3]},
    "HardBreak": True,
    "NoSpellCheck": False,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
}
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "a"}
INVISIBLE = re.compile(r"[\x00-\x20]")
NO_TEXT = re.compile(r"<[^>]*>|\s|&nbsp;|\u00a0")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Keep links, but no address that borrows the page's scheme and leaves the site (//elsewhere)."""
    # As a browser reads it: without control characters and spaces.
    return None if INVISIBLE.sub("", value).startswith(("//", "/\\", "\\")) else value


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer",
)


def clean_prose(html: str) -> str:
    """The safe part of some HTML; the empty string where no word is left.

    The field package's own cleaner lets `rel="opener"`, `//host` links and rows of empty paragraphs pass.
    """
    cleaned = _cleaner.clean(html).strip()
    return cleaned if NO_TEXT.sub("", cleaned) else ""


def paragraphs(text: str) -> str:
    """Plain text, paragraphs divided by an empty line, as cleaned HTML."""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return clean_prose("".join(f"<p>{escape(part)}</p>" for part in parts if part))


def plain(html: str) -> str:
    """The words of some rich text on one line, for descriptions and lists."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", clean_prose(html))).split())
