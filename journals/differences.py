"""What changed between two rich texts: word by word, and in the blocks in which the words stand.

The time is bounded whatever the texts hold: words and blocks that occur once in both texts are the fixed points, and
between them Myers' algorithm looks for the shortest way as far as its share of steps goes. (difflib's is not: its worst
case grows with the cube of the length.) What is too different then counts as replaced as a whole.

Nothing is left out or made up: the kept and the removed tokens are the old text, the kept and the added ones the new.
"""

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from journals.canonical import Block, Marks, inline, parse

SAME, INS, DEL = "same", "ins", "del"
STEPS = 1_000_000  # of the search in one comparison, all in all
DEEPEST = 400  # differences that the search looks for between two fixed points
LEVELS = 20  # of fixed points between fixed points
PLAIN = Marks()
ISLAND = 3  # so few words that stayed between two changes make the text harder to read, not easier

_pieces = re.compile(r"[ ]+|\n|[^ \n]+")
_ending = re.compile(r"[.,;:!?…\"”’)\]]+\Z")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, the signs that end it, or a line break, with its marks; `lead` is the space before it."""

    text: str
    marks: Marks = PLAIN
    lead: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a block begins: the kinds of the blocks around it and its own, and its number in an ordered list."""

    shape: tuple[str, ...]
    number: int = field(default=0, compare=False)


Token = Word | Start


@dataclass(frozen=True, slots=True)
class Change:
    """A token that stayed (both), went (old) or came (new)."""

    kind: str
    old: Token | None = None
    new: Token | None = None

    @property
    def token(self) -> Token:
        """What is shown of it."""
        token = self.new or self.old
        assert token is not None  # noqa: S101 -- made below only, with one of the two
        return token


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring words of one kind, as safe inline HTML."""

    kind: str
    html: str


@dataclass
class Line:
    """A block as it is shown. `kind` is not "same" where the block itself came or went around words that stayed, and
    "shape" where it became another kind of block."""

    tag: str
    depth: int
    quoted: bool
    bullet: str
    kind: str
    spans: list[Span]


def lines(old: str, new: str) -> list[Line]:
    """Two rich texts as one, in blocks; none where both are empty."""
    return _lines(compare(old, new))


def compare(old: str, new: str) -> list[Change]:
    """Every token of two rich texts, in reading order; what went stands before what came in its place."""
    before, after = tokens(old), tokens(new)
    return list(_changes(before, after))


def differs(changes: Iterable[Change]) -> bool:
    """Whether there is any difference."""
    return any(change.kind != SAME for change in changes)


# --- Tokens -----------------------------------------------------------------------------------------


def tokens(html: str) -> list[Token]:
    """A rich text as the row of its blocks' starts and words."""
    return list(_tokens(parse(html).blocks, ()))


def _tokens(blocks: Sequence[Block], around: tuple[str, ...], number: int = 0) -> Iterator[Token]:
    for place, block in enumerate(blocks):
        if block.runs:
            first = around[-1:] == ("li",) and place == 0
            yield Start((*around, "item" if first else block.kind), number if first else 0)
            yield from _words(block.runs)
        elif block.kind in ("ul", "ol"):
            for count, item in enumerate(block.blocks, 1):
                yield from _tokens(item.blocks, (*around, block.kind, "li"), count if block.kind == "ol" else 0)
        else:
            yield from _tokens(block.blocks, (*around, block.kind))


def _words(runs: Iterable[tuple[str, Marks]]) -> Iterator[Word]:
    lead = ""
    for text, marks in runs:
        for piece in _pieces.findall(text):
            if piece[0] == " ":
                lead += piece
                continue
            ending = _ending.search(piece)
            if ending and ending.start():
                yield Word(piece[: ending.start()], marks, lead)
                yield Word(ending.group(), marks)
            else:
                yield Word(piece, marks, lead)
            lead = ""


# --- Comparing --------------------------------------------------------------------------------------


@dataclass
class _Budget:
    left: int = STEPS


def _changes(before: list[Token], after: list[Token]) -> Iterator[Change]:
    names: dict[Hashable, int] = {}
    a, b = ([names.setdefault(token, len(names)) for token in row] for row in (before, after))
    starts = {number for token, number in names.items() if isinstance(token, Start)}
    i = j = 0
    runs = _without_islands(_runs(_matches(a, b, starts)), a, starts)
    for low, high, from_, to in [*runs, (len(a), len(a), len(b), len(b))]:
        yield from (Change(DEL, old=token) for token in before[i:low])
        yield from (Change(INS, new=token) for token in after[j:from_])
        yield from (Change(SAME, *pair) for pair in zip(before[low:high], after[from_:to], strict=True))
        i, j = high, to


def _matches(a: list[int], b: list[int], starts: set[int]) -> list[tuple[int, int]]:
    """Which tokens stayed, as pairs of their places. First whole blocks, so that a long text is quickly cut small."""
    budget = _Budget()
    whole: dict[tuple[int, ...], int] = {}
    (a_cuts, a_blocks), (b_cuts, b_blocks) = (
        (cuts, [whole.setdefault(tuple(row[low:high]), len(whole)) for low, high in cuts])
        for row in (a, b)
        for cuts in [_blocks(row, starts)]
    )
    pairs: list[tuple[int, int]] = []
    i = j = 0
    kept = _aligned(a_blocks, b_blocks, budget)
    edges = [(*a_cuts[x], *b_cuts[y]) for x, y in kept] + [(len(a), len(a), len(b), len(b))]
    for low, high, from_, to in edges:
        pairs += ((i + x, j + y) for x, y in _aligned(a[i:low], b[j:from_], budget))
        pairs += zip(range(low, high), range(from_, to), strict=True)
        i, j = high, to
    return pairs


def _blocks(row: list[int], starts: set[int]) -> list[tuple[int, int]]:
    """Where each block begins and ends."""
    cuts = [place for place, token in enumerate(row) if token in starts]
    return list(zip(cuts, [*cuts[1:], len(row)], strict=False))


def _aligned(a: list[int], b: list[int], budget: _Budget) -> list[tuple[int, int]]:
    """Places of equal items in two rows, both rising."""
    pairs: list[tuple[int, int]] = []
    stack = [(0, len(a), 0, len(b), 0)]
    while stack:
        low, high, from_, to, level = stack.pop()
        while low < high and from_ < to and a[low] == b[from_]:
            pairs.append((low, from_))
            low, from_ = low + 1, from_ + 1
        while low < high and from_ < to and a[high - 1] == b[to - 1]:
            high, to = high - 1, to - 1
            pairs.append((high, to))
        if low == high or from_ == to:
            continue
        fixed = _fixed_points(a[low:high], b[from_:to]) if level < LEVELS else []
        if not fixed:
            pairs += ((low + x, from_ + y) for x, y in _shortest_way(a[low:high], b[from_:to], budget))
            continue
        for x, y in fixed:
            pairs.append((low + x, from_ + y))
        edges = [(-1, -1), *fixed, (high - low, to - from_)]
        stack += (
            (low + x + 1, low + next_x, from_ + y + 1, from_ + next_y, level + 1)
            for (x, y), (next_x, next_y) in pairwise(edges)
        )
    return sorted(pairs)


def _fixed_points(a: list[int], b: list[int]) -> list[tuple[int, int]]:
    """Items that occur once in both rows; of those that changed places the longest rising chain."""
    in_b = _once(b)
    common = [(x, in_b[item]) for item, x in sorted(_once(a).items(), key=lambda pair: pair[1]) if item in in_b]
    ends: list[int] = []  # the last place in b of the best chain of each length
    at: list[int] = []
    back: list[int] = []
    for index, (_x, y) in enumerate(common):
        length = bisect_left(ends, y)
        back.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(y)
            at.append(index)
        else:
            ends[length], at[length] = y, index
    chain, index = [], at[-1] if at else -1
    while index >= 0:
        chain.append(common[index])
        index = back[index]
    return chain[::-1]


def _once(row: list[int]) -> dict[int, int]:
    places: dict[int, int] = {}
    for place, item in enumerate(row):
        places[item] = -1 if item in places else place
    return {item: place for item, place in places.items() if place >= 0}


def _shortest_way(a: list[int], b: list[int], budget: _Budget) -> list[tuple[int, int]]:
    """E. W. Myers, "An O(ND) difference algorithm", 1986; nothing in common where that would take too long."""
    n, m = len(a), len(b)
    reach, trail = {1: 0}, []
    for depth in range(min(n + m, DEEPEST) + 1):
        trail.append(dict(reach))
        budget.left -= 3 * depth  # the copy and the loop
        for k in range(-depth, depth + 1, 2):
            down = k == -depth or (k != depth and reach[k - 1] < reach[k + 1])
            x = begun = reach[k + 1] if down else reach[k - 1] + 1
            while x < n and x - k < m and a[x] == b[x - k]:
                x += 1
            reach[k] = x
            budget.left -= x - begun
            if x >= n and x - k >= m:
                return _way_back(trail, n, m)
        if budget.left < 0:
            break
    return []


def _way_back(trail: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for depth in range(len(trail) - 1, -1, -1):
        reach, k = trail[depth], x - y
        down = k == -depth or (k != depth and reach[k - 1] < reach[k + 1])
        before = k + 1 if down else k - 1
        from_x = reach[before] if depth else 0
        from_y = from_x - before if depth else 0
        while x > from_x and y > from_y:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = from_x, from_y
    return pairs


Run = tuple[int, int, int, int]


def _runs(pairs: list[tuple[int, int]]) -> list[Run]:
    """Stretches that stayed: from, to in the old row, from, to in the new."""
    runs: list[Run] = []
    for x, y in pairs:
        if runs and runs[-1][1] == x and runs[-1][3] == y:
            runs[-1] = (runs[-1][0], x + 1, runs[-1][2], y + 1)
        else:
            runs.append((x, x + 1, y, y + 1))
    return runs


def _without_islands(runs: list[Run], a: list[int], starts: set[int]) -> list[Run]:
    """Without the few words that happen to be the same between two larger changes."""
    kept: list[Run] = []
    for place, run in enumerate(runs):
        low, high, from_, to = run
        length = high - low
        last = kept[-1] if kept else (0, 0, 0, 0)
        before = max(low - last[1], from_ - last[3])
        after = max(runs[place + 1][0] - high, runs[place + 1][2] - to) if place + 1 < len(runs) else 0
        island = length <= ISLAND and length < before and length < after
        if not island or starts.intersection(a[low:high]):
            kept.append(run)
    return kept


# --- Showing ----------------------------------------------------------------------------------------


def _lines(changes: Iterable[Change]) -> list[Line]:
    groups: list[tuple[str, Start, list[Change]]] = []
    for change in changes:
        if isinstance(change.token, Start):
            kind = change.kind
            if groups and not groups[-1][2]:  # a start without words: one kind of block took the place of another
                kind = "shape" if {groups.pop()[0], kind} == {DEL, INS} else kind
            groups.append((kind, change.token, []))
        elif groups:
            groups[-1][2].append(change)
        else:
            groups.append((SAME, Start(("p",)), [change]))
    return [_line(*group) for group in groups if group[2]]


def _line(kind: str, start: Start, changes: list[Change]) -> Line:
    stayed = any(change.kind == SAME for change in changes)
    return Line(
        tag="h3" if start.shape[-1] == "h3" else "p",
        depth=start.shape.count("li"),
        quoted="blockquote" in start.shape,
        bullet="" if start.shape[-1] != "item" else f"{start.number}." if start.number else "•",
        kind=kind if stayed else SAME,
        spans=[
            Span(kind, inline([(word.lead + word.text, word.marks) for word in _shown(group)]))
            for kind, group in groupby(changes, key=lambda change: change.kind)
        ],
    )


def _shown(changes: Iterable[Change]) -> Iterator[Word]:
    return (change.token for change in changes if isinstance(change.token, Word))
