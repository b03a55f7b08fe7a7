"""Two texts of one entry side by side: which parts differ, and how, word by word."""

from dataclasses import dataclass
from html import escape
from typing import Any

from journals import differences

# Of a part's two texts together, in characters with markup. A thousand words are some 8,000; far beyond it somebody
# has filled a part with signs, and comparing those would cost the reader seconds and say nothing.
LONGEST = 100_000


@dataclass(frozen=True)
class Section:
    """The title or a part: how two texts of it differ, and how it was. No lines where it is too long to compare."""

    title: str
    lines: list[differences.Line]
    html: str
    differs: bool

    @property
    def too_long(self) -> bool:
        """True where nothing was compared."""
        return self.differs and not self.lines


@dataclass(frozen=True)
class Changes:
    """What a submission changed against the one before it."""

    number: int  # of the one before
    title: Section
    parts: list[Section]

    @property
    def differs(self) -> bool:
        """Whether there is any change."""
        return self.title.differs or any(part.differs for part in self.parts)


def section(title: str, old: str, new: str, *, longest: int | None = None) -> Section:
    """One part, from its two texts as rich HTML."""
    compared = longest is None or len(old) + len(new) <= longest
    return Section(title, differences.lines(old, new) if compared else [], old, old != new)


def line(plain: str) -> str:
    """A line of plain text as rich HTML; nothing for none."""
    return f"<p>{escape(plain, quote=False)}</p>" if plain else ""


def changes(number: int, old: dict[str, Any], new: dict[str, Any]) -> Changes:
    """The frozen content of submission ``number`` against that of a later one; no query."""
    before = {answer["key"]: answer for answer in old["answers"]}
    after = {answer["key"]: answer for answer in new["answers"]}
    return Changes(
        number,
        section("", line(old["title"]), line(new["title"])),
        [
            section(
                (after.get(key) or before[key])["title"],
                before.get(key, {}).get("html", ""),
                after.get(key, {}).get("html", ""),
                longest=LONGEST,
            )
            for key in after | before
        ],
    )
