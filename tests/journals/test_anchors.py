"""Passages are found again or not at all, never another one: golden cases for both languages, and random edits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journals import anchors
from tests.golden import golden
from tests.journals.html_strategies import canonical_html

CASES = golden("anchors")


def marked(text: str) -> tuple[str, int | None, int | None]:
    """The text without its marks, and where they stood."""
    if "«" not in text:
        return text, None, None
    before, rest = text.split("«")
    quote, after = rest.split("»")
    return before + quote + after, len(before), len(before) + len(quote)


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["why"])
def test_a_passage_is_found_again_by_what_stands_around_it_or_no_other(case):
    text, start, end = marked(case["text"])
    anchor = anchors.at(text, start, end)
    assert anchor is not None
    edited, expected, _end = marked(case["edited"])
    assert anchors.find(edited, anchor) == expected


@pytest.mark.parametrize("case", CASES["tracked"], ids=lambda case: case["why"])
def test_a_passage_is_followed_through_a_change_that_did_not_touch_it(case):
    text, start, end = marked(case["text"])
    edited, expected, _end = marked(case["edited"])
    assert anchors.track(text, edited, start, end) == expected


@pytest.mark.parametrize("case", CASES["anchors"], ids=lambda case: case["why"])
def test_what_is_kept_around_it(case):
    text, start, end = marked(case["text"])
    if case.get("none"):
        assert anchors.at(text, start, end) is None
        return
    kept = anchors.Anchor(text[start:end], case["prefix"], case["suffix"], case["lone"])
    assert anchors.at(text, start, end) == kept


# --- Random edits -------------------------------------------------------------------------------------
# A text is a list of sentences, each with the number of the one it is (a copy keeps it). Sentences of the same words
# are what a careless search would take for each other.

WORDS = st.sampled_from(
    [
        "Saya melayani warga dengan ramah.",
        "Saya melayani warga dengan ramah.",
        "Ya.",
        "Kami memeriksa berkas satu per satu sampai selesai.",
        "Ibu hamil saya dahulukan pagi itu.",
        "🙏 Terima kasih.",
    ]
)
FRESH = st.text("qxzQXZ0", min_size=1, max_size=12)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "copy", "move", "fresh", "letter"]), st.integers(0, 40), st.integers(0, 40), FRESH
    ),
    max_size=6,
)


def edit(sentences: list[tuple[int, str]], what: str, one: int, two: int, fresh: str) -> list[tuple[int, str]]:
    sentences = list(sentences)
    if not sentences:
        return [(-1, fresh)]
    one %= len(sentences)
    if what == "delete":
        del sentences[one]
    elif what == "copy":
        sentences.insert(two % (len(sentences) + 1), sentences[one])
    elif what == "move":
        sentences.insert(two % len(sentences), sentences.pop(one))
    elif what == "fresh":
        sentences.insert(one, (-1, fresh))
    elif len(sentences[one][1]) > 1:  # inside: a sentence that was touched is another one
        words = sentences[one][1]
        middle = 1 + two % (len(words) - 1)
        sentences[one] = (-1, words[:middle] + fresh + words[middle:])
    return sentences


def text_of(sentences: list[tuple[int, str]]) -> str:
    return " ".join(words for _number, words in sentences)


def starts(sentences: list[tuple[int, str]]) -> dict[int, int]:
    """Where each sentence begins: place in the text -> place in the list."""
    found, at = {}, 0
    for place, (_number, words) in enumerate(sentences):
        found[at] = place
        at += len(words) + 1
    return found


def around(text: str, start: int, length: int) -> tuple[str, str]:
    return text[max(start - anchors.AROUND, 0) : start], text[start + length :][: anchors.AROUND]


@settings(max_examples=600)
@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(0, 7), EDITS, st.booleans())
def test_random_edits_never_move_a_mark_to_another_sentence(words, which, edits, noted):
    """As the server does it: tracked from save to save, found by its anchor where that does not help."""
    sentences = list(enumerate(words))
    which %= len(sentences)
    quote = sentences[which][1]
    start = next(start for start, place in starts(sentences).items() if place == which)
    text = text_of(sentences)
    anchor = anchors.at(text, start, start + len(quote))
    if anchor is None:  # an equal sentence between equal ones: nobody may mark it
        return
    context, place = around(text, start, len(quote)), start
    for change in edits:
        before, sentences = text, edit(sentences, *change)
        text = text_of(sentences)
        place = None if place is None else anchors.track(before, text, place, place + len(quote))
        tracked = place is not None
        found = place if tracked else anchors.find(text, anchor)
        mine = [begin for begin, index in starts(sentences).items() if sentences[index][0] == which]
        if found is None:
            # Given up only when it was touched, has its like in the text, or lost what stood beside it.
            alone = len(mine) == 1 and text.count(quote) == 1
            assert not (alone and around(text, mine[0], len(quote)) == context), text
            continue
        assert text[found : found + len(quote)] == quote
        # The marked sentence or a copy of it; or one between the same words; or, of equal sentences none of which went,
        # the one that is in its place: "Ya. Ya." becomes "Ya. Ya. Ya." in three ways that nobody can tell apart.
        between = around(text, found, len(quote)) == context
        equals = tracked and 1 < before.count(quote) <= text.count(quote)
        assert found in mine or between or equals, (before, text)
        if noted and (later := anchors.at(text, found, found + len(quote))):
            anchor, place, context = later, found, around(text, found, len(quote))


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(0, 7), FRESH, FRESH)
def test_writing_on_never_loses_a_mark(words, which, before, after):
    which %= len(words)
    sentences, quote = list(enumerate(words)), words[which]
    start = next(start for start, place in starts(sentences).items() if place == which)
    text = text_of(sentences)
    longer = f"{text} {after}"
    assert anchors.track(text, longer, start, start + len(quote)) == start
    assert anchors.track(longer, f"{before} {longer}", start, start + len(quote)) == start + len(before) + 1


# --- The text of an answer ----------------------------------------------------------------------------


@given(canonical_html)
def test_the_text_has_single_spaces_and_its_sentences_are_pieces_of_it(html):
    text = anchors.plain(html)
    assert text == " ".join(text.split(" ")).strip(" ")
    assert "  " not in text
    last = 0
    for start, end in anchors.sentences(html):
        assert last <= start < end <= len(text)
        assert not text[last:start].strip(" ")
        last = end
    assert not text[last:].strip(" ")


@pytest.mark.parametrize(
    ("html", "sentences"),
    [
        ("", []),
        ("<p>Satu. Dua! Tiga?</p>", ["Satu.", "Dua!", "Tiga?"]),
        ("<h3>Judul</h3><p>Isi satu. Isi <strong>dua</strong>.</p>", ["Judul", "Isi satu.", "Isi dua."]),
        ("<ul><li><p>butir</p></li><li><p>lagi</p></li></ul>", ["butir", "lagi"]),
        ("<p>Ibu dr. Siti di Jl. Merdeka No. 5. Selesai.</p>", ["Ibu dr. Siti di Jl. Merdeka No. 5.", "Selesai."]),
        ("<p>Pukul 14.30. Ya.</p>", ["Pukul 14.30.", "Ya."]),
        ("<p>“Silakan.” Ia duduk … dan menunggu. 🙏</p>", ["“Silakan.”", "Ia duduk …", "dan menunggu.", "🙏"]),
        ("<p>satu<br>dua</p>", ["satu", "dua"]),
    ],
)  # fmt: skip
def test_sentences(html, sentences):
    text = anchors.plain(html)
    assert [text[start:end] for start, end in anchors.sentences(html)] == sentences
