"""The notation for writing without the editor: a restricted Markdown.

Paragraphs, line breaks, "- ", "1. ", "> ", "### ", **bold**, _italic_ and [text](address). Nothing else of
Markdown is active. `to_notation` escapes what would be read as notation, so that
clean(from_notation(to_notation(html))) == html for all canonical HTML.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import heading, list_block
from markdown_it.rules_block.state_block import StateBlock

from journals.canonical import Block, Marks, Run, TooLong, changes, clean, parse

# An answer has at most some 800 words; Markdown's worst cases grow faster than their length.
LIMIT = 20_000


def _heading3(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Only "### ": a line that begins with one # is ordinary text."""
    begin = state.bMarks[start] + state.tShift[start]
    return state.src[begin : begin + 4] in ("### ", "###\t") and heading(state, start, end, silent)


_list_start = re.compile(r"(?:[-+*]|1[.)])[ \t]+\S")


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list begins with content, a numbered one with 1: "2021." or "3. x" alone would lose its number."""
    begin = state.bMarks[start] + state.tShift[start]
    next_item = silent and state.sCount[start] < state.blkIndent  # the line ends a paragraph of an item before it
    starts = next_item or _list_start.match(state.src, begin, state.eMarks[start])
    return bool(starts) and list_block(state, start, end, silent)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"breaks": True, "html": False, "linkify": False, "typographer": False})
    reader.enable(["list", "blockquote", "heading", "paragraph", "emphasis", "link", "escape", "entity", "newline"])
    reader.block.ruler.at("heading", _heading3, {"alt": ["paragraph", "reference", "blockquote"]})
    reader.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    # Addresses are judged and encoded in one place, canonical.canonical_address.
    reader.normalizeLink = lambda url: url  # type: ignore[method-assign]  # its documented hook
    return reader


_markdown = _reader()


def from_notation(text: str, *, limit: int = LIMIT) -> str:
    """Canonical HTML of text in the notation. Raises TooLong above `limit` characters."""
    if len(text) > limit:
        raise TooLong(f"{len(text)} characters, the limit is {limit}")
    return clean(_markdown.render(text), limit=None)


def to_notation(html: str) -> str:
    """The notation of canonical HTML."""
    return _blocks(parse(html).blocks)


def _blocks(blocks: list[Block], *, tight: bool = False) -> str:
    parts: list[str] = []
    for index, block in enumerate(blocks):
        if index:
            # In an item a list follows its paragraph at once; everything else needs an empty line.
            parts.append("\n" if tight and block.kind in ("ul", "ol") and blocks[index - 1].kind == "p" else "\n\n")
        parts.append(_block(block))
    return "".join(parts)


def _block(block: Block) -> str:
    if block.kind == "h3":
        return "### " + re.sub(r"(#+)$", r"\\\1", _inline(block.runs))
    if block.kind == "p":
        return "\n".join(_line_start(line) for line in _inline(block.runs).split("\n"))
    if block.kind == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(block.blocks).split("\n"))
    items = []
    for number, item in enumerate(block.blocks, 1):
        marker = "- " if block.kind == "ul" else f"{number}. "
        lines = _blocks(item.blocks, tight=True).split("\n")
        items.append(
            "\n".join((marker if not i else " " * len(marker)) + line if line else "" for i, line in enumerate(lines))
        )
    return "\n".join(items)


_starts = re.compile(r"(?:###|[-+>])(?=\s|$)|>")
_number = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def _line_start(line: str) -> str:
    if _starts.match(line):
        return "\\" + line
    return _number.sub(r"\1\\\2", line, count=1) if _number.match(line) else line


# --- Inline -----------------------------------------------------------------------------------------

_special = re.compile(r"\\|\*+|_+|\](?=\()|&(?=#?\w+;)")
_special_in_link = re.compile(r"\\|\*+|_+|[\[\]]|&(?=#?\w+;)")


def _escaped(text: str, special: re.Pattern[str]) -> str:
    """The text with a backslash before what would be read as notation, and only there."""

    def escape(match: re.Match[str]) -> str:
        run, before, after = (
            match[0],
            text[match.start() - 1 : match.start()],
            text[match.end() : match.end() + 1],
        )
        if run[0] == "_" and before.isalnum() and after.isalnum():
            return run  # nama_berkas
        if run[0] in "*_" and before == after == " ":
            return run  # 3 * 4
        return "".join("\\" + char for char in run)

    return special.sub(escape, text)


@dataclass
class _Part:
    """A text, or the opening or closing of a mark."""

    kind: str  # "text", "open" or "close"
    value: str  # raw text, or one of "strong", "em", "a"
    marks: Marks
    out: str = ""


def _parts(runs: list[Run]) -> list[_Part]:
    parts = [_Part(kind, value, marks) for kind, value, marks in changes(runs)]
    for part in parts:
        if part.kind == "text":
            part.out = _escaped(part.value, _special_in_link if part.marks.href else _special)
    return parts


def _inline(runs: list[Run]) -> str:
    """Text with ** and _ (or * inside a word) and links.

    Where a delimiter would not be read as meant, because a letter stands outside it, that letter is
    written as an entity: rare, and exact.
    """
    parts = _parts(runs)
    waiting: list[int] = []
    for index, part in enumerate(parts):
        if part.kind == "open":
            waiting.append(index)
        elif part.kind == "close":
            start = waiting.pop()
            if part.value == "a":
                parts[start].out, part.out = "[", f"]({_destination(part.marks.href)})"
            else:
                parts[start].out = part.out = _delimit(parts, start, index)
    return "".join(part.out for part in parts)


def _delimit(parts: list[_Part], start: int, end: int) -> str:
    """The delimiter for the mark from `start` to `end`; protects the letters around it if need be."""
    outside = [(start - 1, -1, start + 1, 0), (end + 1, 0, end - 1, -1)]
    hazards = []  # (part outside, which character of it, does the delimiter stand between two letters?)
    for outer, at, inner, inner_at in outside:
        if 0 <= outer < len(parts) and parts[outer].kind == "text":
            char = parts[outer].value[at]
            if not (char in " \n" or (char.isascii() and not char.isalnum())):
                between = char.isalnum() and parts[inner].kind == "text" and parts[inner].value[inner_at].isalnum()
                hazards.append((outer, at, between))
    if parts[start].value == "strong":
        delimiter = "**"
        hazards = [hazard for hazard in hazards if not hazard[2]]
    elif hazards and all(between for *_, between in hazards) and not _near_strong(parts, start, end):
        return "*"
    else:
        delimiter = "_"
    for outer, at, _ in hazards:
        part = parts[outer]
        if len(part.value) == 1 and part.out != part.value:
            continue  # already done from its other side
        entity = f"&#{ord(part.value[at])};"
        part.out = entity + part.out[1:] if at == 0 else part.out[:-1] + entity
    return delimiter


def _near_strong(parts: list[_Part], start: int, end: int) -> bool:
    """True if a * for emphasis could be taken for a part of a **."""
    neighbours = (parts[i] for i in (start - 1, end + 1) if 0 <= i < len(parts))
    return parts[start].marks.strong or any(part.value == "strong" and part.kind != "text" for part in neighbours)


def _destination(href: str) -> str:
    href = re.sub(r"&(?=#?\w+;)", r"\\&", href)
    return f"<{href}>" if "(" in href or ")" in href else href
