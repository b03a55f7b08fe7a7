"""Rich text: what people may format, in one canonical form of HTML.

`clean` takes HTML from anywhere (our editor, a paste from Word, an attacker) and returns canonical HTML:

    document    p, h3, ul, ol, blockquote       ul, ol      li
    blockquote  p, h3, ul, ol                   li          p first, then p, ul, ol
    p, h3       text, strong, em, a[href], and br in p; always nested in the order a > strong > em

Own code reads the HTML and writes the canonical form; nh3 then has the last word, so that safety never
depends on our own code. (nh3 does not come first: a browser-grade parser repeats every unclosed tag in
every paragraph that follows, and 200 KB of them would fill the memory.)

People without JavaScript write a small notation instead, see journals/notation.py.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import quote

import nh3

from journals.html_tokens import tokens
from journals.text import SPACES, WIDTHLESS

LIMIT = 200_000
LIST_DEPTH = 5
MARKS_IN_A_ROW = 30
OPEN_TAGS = 60  # opening tags beyond it are ignored, so that no input can make the reading slow
ALLOWED = {"p": set(), "strong": set(), "em": set(), "ul": set(), "ol": set(), "li": set(),
           "blockquote": set(), "h3": set(), "br": set(), "a": {"href"}}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

_cleaner = nh3.Cleaner(
    tags=set(ALLOWED),
    attributes={tag: attributes for tag, attributes in ALLOWED.items() if attributes},
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel=REL,
)


class TooLong(ValueError):
    """The text is longer than anything a person would write here."""


class Marks(NamedTuple):
    """The formats of a piece of text; href "" is no link."""

    href: str = ""
    strong: bool = False
    em: bool = False

    def tags(self) -> list[str]:
        """The names of the marks, outermost first."""
        return [name for name, on in (("a", self.href), ("strong", self.strong), ("em", self.em)) if on]

    def shared_with(self, other: "Marks") -> "Marks":
        """What stays open between a text and the next: an outer mark that ends closes those inside it."""
        if self.href != other.href:
            return Marks()
        if self.strong != other.strong:
            return Marks(self.href)
        return Marks(self.href, self.strong, self.em and other.em)


Run = tuple[str, Marks]


@dataclass
class Block:
    """A node of the canonical tree: `runs` in p and h3, `blocks` in all others. A line break is "\\n"."""

    kind: str
    blocks: list["Block"] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def clean(html: str, *, limit: int | None = LIMIT) -> str:
    """Canonical, safe HTML; "" if nothing can be read in it. Cleaning twice changes nothing.

    Raises TooLong (a ValueError) above `limit` characters.
    """
    if limit is not None and len(html) > limit:
        raise TooLong(f"{len(html)} characters, the limit is {limit}")
    return _cleaner.clean(to_html(parse(html).blocks))


def parse(html: str) -> Block:
    """The canonical tree of any HTML."""
    return _Reader().read(html)


# --- Addresses --------------------------------------------------------------------------------------

_address = re.compile(r"(?i)(https?)://([^/?#\s][^\s]*)|(mailto):([^\s?]+@[^\s]+)")
_address_junk = re.compile(
    r"[\x00-\x20\x7f-\xa0\u00ad\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)
# Printable ASCII that may stay as it is; letters beyond ASCII stay too.
_address_safe = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')


def canonical_address(href: str) -> str:
    """A http, https or mailto address, percent-encoded where needed; "" for anything else."""
    match = _address.fullmatch(_address_junk.sub("", href))
    if not match or len(href) > 2000:
        return ""
    scheme, rest = match[1] or match[3], match[2] or match[4]
    if match[1] and "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        return ""  # https://bkn.go.id@elsewhere leads elsewhere
    encoded = "".join(c if ord(c) > 0x7F else quote(c, safe=_address_safe) for c in unicodedata.normalize("NFC", rest))
    address = f"{scheme.lower()}:{'//' if match[1] else ''}{encoded}"
    # nh3 refuses what is no URL at all ("https://["); ask it now rather than keep a link without an address.
    return address if " href=" in _cleaner.clean(f'<a href="{escape(address)}">x</a>') else ""


# --- Reading ----------------------------------------------------------------------------------------

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOUNDARIES = _HEADINGS | {
    "p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "address", "pre",
    "figure", "figcaption", "hr", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption",
    "dl", "dt", "dd", "fieldset", "form", "center", "details", "summary", "body", "html", "head",
}  # fmt: skip
_CONTAINERS = {"ul", "ol", "menu", "li", "blockquote"}
_STRONG, _EM = {"b", "strong"}, {"i", "em"}
_INLINE = _STRONG | _EM | {"a", "span"}


class _Reader:
    """Builds the canonical tree from the tokens."""

    def __init__(self) -> None:
        self.root = Block("root")
        self.stack: list[tuple[str, Block]] = [("root", self.root)]  # (tag, block); a tag may bring no new block
        self.inline: list[tuple[str, Marks | None]] = []  # (tag, all marks from here on; None hides the text)
        self.kind = "p"
        self.runs: list[Run] = []

    def read(self, html: str) -> Block:
        for kind, value, attributes in tokens(html):
            if kind == "text":
                self.add(_readable(unescape(value)))
            elif value == "br":
                self.add("\n")
            elif value in _INLINE:
                self.open_inline(value, attributes) if kind == "open" else self.close_inline(value)
            elif value in _CONTAINERS:
                self.flush()
                self.open_container(value) if kind == "open" else self.close_container(value)
            elif value in _BOUNDARIES:
                self.flush()
                self.kind = "h3" if value in _HEADINGS and kind == "open" else "p"
        self.flush()
        self.root.blocks = _tidy(self.root.blocks)
        return self.root

    @property
    def marks(self) -> Marks | None:
        return self.inline[-1][1] if self.inline else Marks()

    def add(self, text: str) -> None:
        if self.marks is not None:
            self.runs.append((text, self.marks))

    @property
    def block(self) -> Block:
        return self.stack[-1][1]

    def open_inline(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.inline) >= OPEN_TAGS:
            return
        style = attributes.get("style", "").replace(" ", "").lower()
        marks = self.marks
        if marks is None or "mso-list:ignore" in style:  # Word's own bullets and numbers
            marks = None
        # Google Docs wraps a whole paste in <b style="font-weight:normal">.
        elif tag in _STRONG and "font-weight:normal" not in style:
            marks = marks._replace(strong=True)
        elif tag in _EM and "font-style:normal" not in style:
            marks = marks._replace(em=True)
        elif tag == "a":
            marks = marks._replace(href=canonical_address(attributes.get("href", "")))
        self.inline.append((tag, marks))

    def close_inline(self, tag: str) -> None:
        for index in range(len(self.inline) - 1, -1, -1):
            if self.inline[index][0] == tag:
                # Tags opened inside stay open with their own mark only, as in a browser.
                inside = self.inline[index + 1 :]
                del self.inline[index:]
                for other, marks in inside:
                    outer = self.marks
                    if outer is not None and marks is not None:
                        own = "strong" if other in _STRONG else "em" if other in _EM else "href" if other == "a" else ""
                        outer = outer._replace(**{own: getattr(marks, own)}) if own else outer
                    self.inline.append((other, outer))
                return

    def open_container(self, tag: str) -> None:
        if len(self.stack) >= OPEN_TAGS:
            return
        tag = "ul" if tag == "menu" else tag
        block = self.block
        if tag == "li":
            # A new item ends the open one, unless a list was opened in between.
            while self.stack[-1][0] == "li":
                self.stack.pop()
            block = self.list_above() or self.block
            if block.kind in ("ul", "ol"):
                block = self.append(block, "li")
        elif tag == "blockquote":
            if block.kind == "root":  # never in an item, nor in another quote
                block = self.append(block, tag)
        elif sum(name in ("ul", "ol") for name, _ in self.stack) < LIST_DEPTH:
            if block.kind in ("ul", "ol"):  # a list straight in a list belongs to the item before it
                block = block.blocks[-1] if block.blocks else self.append(block, "li")
            block = self.append(block, tag)
        else:  # too deep: its items join the list around it
            block = self.list_above() or block
        self.stack.append((tag, block))

    def list_above(self) -> Block | None:
        return next((block for _, block in reversed(self.stack) if block.kind in ("ul", "ol")), None)

    def close_container(self, tag: str) -> None:
        tag = "ul" if tag == "menu" else tag
        for index in range(len(self.stack) - 1, 0, -1):
            name = self.stack[index][0]
            if name == tag:
                del self.stack[index:]
                return
            if tag == "li" and name in ("ul", "ol"):
                return

    @staticmethod
    def append(parent: Block, kind: str) -> Block:
        block = Block(kind)
        parent.blocks.append(block)
        return block

    def flush(self) -> None:
        """End the paragraph or heading that is being read."""
        block, kind = self.block, self.kind
        if block.kind in ("ul", "ol") and any(text.strip() for text, _ in self.runs):
            block = block.blocks[-1] if block.blocks else self.append(block, "li")
        if block.kind == "li":
            kind = "p"
        for runs in _lines(self.runs, kind):
            block.blocks.append(Block(kind, runs=runs))
        self.runs = []


# Control characters, characters without width, marks that reverse the reading direction, lone surrogates
# and the code points that are no characters.
_no_characters = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_unreadable = re.compile(
    f"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{WIDTHLESS}\u202a-\u202e\u2066-\u2069\ud800-\udfff{_no_characters}]"
)
_space = re.compile(f"[{SPACES}]+")


def _readable(text: str) -> str:
    if text.isprintable():
        return text  # nothing to take out, and no space but the ordinary one; `_lines` joins several
    return _space.sub(" ", _unreadable.sub("", text))


_piece = re.compile(r"[ \n]+|[^ \n]+(?: [^ \n]+)*")  # a gap, or words with one space between them


def _lines(runs: list[Run], kind: str) -> list[list[Run]]:
    """The paragraphs in a stretch of runs: spaces collapsed, two or more line breaks end a paragraph.

    A space belongs to the marks of both its neighbours, so no mark begins or ends with one.
    """
    words: list[Run] = []
    paragraphs: list[list[Run]] = []
    gap, started = "", False
    joined = [("".join(text for text, _ in same), marks) for marks, same in groupby(runs, key=itemgetter(1))]
    for piece, marks in ((piece, marks) for text, marks in joined for piece in _piece.findall(text)):
        if piece[0] in " \n":
            gap += piece
            continue
        if started and gap:
            breaks = 0 if kind == "h3" else gap.count("\n")
            if breaks > 1:
                paragraphs.append(_merged(words))
                words = []
            else:
                words.append(("\n" if breaks else " ", words[-1][1].shared_with(marks)))
        words.append((piece, marks))
        gap, started = "", True
    paragraphs.append(_merged(words))
    return [paragraph for paragraph in paragraphs if paragraph]


def _merged(runs: list[Run]) -> list[Run]:
    merged: list[tuple[list[str], Marks]] = []
    for text, marks in runs:
        if merged and merged[-1][1] == marks:
            merged[-1][0].append(text)
        else:
            merged.append(([text], marks))
    return [(_composed("".join(texts)), marks) for texts, marks in merged]


def _composed(text: str) -> str:
    """NFC. Of more than thirty combining marks in a row the rest goes (stream-safe text, UAX #15): putting a longer
    row in order takes time that grows with its square."""
    if text.isascii():
        return text
    kept, row = [], 0
    for char in text:
        row = row + len(unicodedata.normalize("NFD", char)) if unicodedata.combining(char) else 0
        if row <= MARKS_IN_A_ROW:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _tidy(blocks: list[Block]) -> list[Block]:
    """Empty containers removed, items begin with a paragraph, neighbouring lists of one kind joined."""
    tidy: list[Block] = []
    for block in blocks:
        if block.kind in ("ul", "ol"):
            block.blocks = [item for raw in block.blocks for item in _items(raw)]
        elif block.kind == "blockquote":
            block.blocks = _tidy(block.blocks)
        if not block.blocks and not block.runs:
            continue
        if tidy and block.kind in ("ul", "ol") and tidy[-1].kind == block.kind:
            tidy[-1].blocks += block.blocks
        else:
            tidy.append(block)
    return tidy


def _items(item: Block) -> list[Block]:
    """The item, after the items of lists that stand at its beginning without a paragraph."""
    blocks = _tidy(item.blocks)
    hoisted: list[Block] = []
    while blocks and blocks[0].kind in ("ul", "ol"):
        hoisted += blocks.pop(0).blocks
    return [*hoisted, Block("li", blocks)] if blocks else hoisted


# --- Writing ----------------------------------------------------------------------------------------


def to_html(blocks: list[Block]) -> str:
    """HTML of canonical blocks."""
    return "".join(
        f"<{block.kind}>{_inline_html(block.runs) if block.runs else to_html(block.blocks)}</{block.kind}>"
        for block in blocks
    )


def inline(runs: list[Run]) -> str:
    """HTML of a piece of a paragraph; nh3 has the last word here too."""
    if not any(any(marks) for _text, marks in runs):
        return escape("".join(text for text, _marks in runs), quote=False).replace("\n", "<br>")
    return _cleaner.clean(_inline_html(_merged(runs)))


def changes(runs: list[Run]) -> Iterator[tuple[str, str, Marks]]:
    """("open" or "close", mark, marks) and ("text", text, marks) in order of writing, closed at the end."""
    open_marks: list[tuple[str, Marks]] = []
    for text, marks in [*runs, ("", Marks())]:
        kept = min(len(open_marks), len(open_marks[-1][1].shared_with(marks).tags())) if open_marks else 0
        while len(open_marks) > kept:
            yield ("close", *open_marks.pop())
        for name in marks.tags()[kept:]:
            open_marks.append((name, marks))
            yield "open", name, marks
        if text:
            yield "text", text, marks


def _inline_html(runs: list[Run]) -> str:
    parts: list[str] = []
    for kind, value, marks in changes(runs):
        if kind == "text":
            parts.append(escape(value, quote=False).replace("\n", "<br>"))
        elif kind == "close":
            parts.append(f"</{value}>")
        else:
            parts.append(f'<a href="{escape(marks.href)}">' if value == "a" else f"<{value}>")
    return "".join(parts)
