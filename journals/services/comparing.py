"""Two texts of one entry side by side: which parts differ, and how, word by word."""

from dataclasses import dataclass
from html import escape
from typing import Any

from journals import differences

# Of a part's two texts together: characters with markup, and paragraphs. A thousand words are some 8,000 characters;
# far beyond it somebody has filled a part with signs, and comparing those would cost the reader seconds.
LONGEST, MOST = 100_000, 1_000


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


def section(title: str, old: str, new: str) -> Section:
    """One part, from its two texts as rich HTML."""
    return Section(title, differences.lines(old, new), old, old != new)


def line(plain: str) -> str:
    """A line of plain text as rich HTML; nothing for none."""
    return f"<p>{escape(plain, quote=False)}</p>" if plain else ""


def changes(number: int, old: dict[str, Any], new: dict[str, Any]) -> Changes:
    """The frozen content of submission ``number`` against that of a later one; no query, two seconds at the worst."""
    before = {answer["key"]: answer for answer in old["answers"]}
    after = {answer["key"]: answer for answer in new["answers"]}
    return Changes(
        number,
        section("", line(old["title"]), line(new["title"])),
        [
            _bounded(
                (after.get(key) or before[key])["title"],
                before.get(key, {}).get("html", ""),
                after.get(key, {}).get("html", ""),
            )
            for key in after | before
        ],
    )


def _bounded(title: str, old: str, new: str) -> Section:
    both = old + new
    if len(both) > LONGEST or both.count("</p>") + both.count("</h3>") > MOST:
        return Section(title, [], old, old != new)
    return section(title, old, new)
