"""Hypothesis strategies: canonical rich text, and HTML as messy as pastes and attackers make it."""
# ruff: noqa: E501 (long cases read better in one line)

from hypothesis import strategies as st

from journals.canonical import Block, Marks, clean, to_html

WORDS = [
    "kata", "Ber", "AKHLAK", "a", "1.", "12)", "-", "+", "*", "**", "_", "__", "#", "###", ">", "[", "]", "](", "(x)", "[a](b)",
    "\\", "\\*", "<", "<b>", "&", "&amp;", "&#42;", "`", "```", "~~", "!", "![a](b)", "***", "---", "===", "nama_berkas", "_x_",
    "*x*", "a*b", "|", "“kutip”", "—", "😀", "é", "e\u0301", "\u0301", "\u200d", "日本", "https://a.id/x_y_z?a=1&copy=2", ":", "“", ".",
    "©", "$", "\ufe0f", "&copy;", "a@b.id", "<https://a.id>", "\\\\", "\u00a0",
]  # fmt: skip
text = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), min_size=1, max_size=4).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda joint: joint.join(words))
)
addresses = st.sampled_from(
    [
        "",
        "",
        "",
        "https://a.id/",
        "http://b.id/x(1)?q=a&amp;b",
        "https://c.id/a_b*c[d]",
        "mailto:a@b.id?subject=x%20y",
        "https://é.id/ñ#…",
    ]
)
marks = st.builds(Marks, addresses, st.booleans(), st.booleans())
runs = st.lists(st.tuples(text | st.just("\n"), marks), min_size=1, max_size=5)


def leaf(kind: str) -> st.SearchStrategy[Block]:
    return runs.map(lambda pieces: Block(kind, runs=pieces))


def lists(depth: int) -> st.SearchStrategy[Block]:
    inside = leaf("p") if depth <= 1 else leaf("p") | lists(depth - 1)
    item = st.lists(inside, min_size=1, max_size=3).map(lambda blocks: Block("li", blocks))
    return st.builds(Block, st.sampled_from(["ul", "ol"]), st.lists(item, min_size=1, max_size=3))


plain_blocks = leaf("p") | leaf("h3") | lists(3)
quotes = st.lists(plain_blocks, min_size=1, max_size=3).map(lambda blocks: Block("blockquote", blocks))
canonical_html = st.lists(plain_blocks | quotes, max_size=4).map(lambda blocks: clean(to_html(blocks)))

PIECES = [
    "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<strong>", "</strong>", "<em>", "</em>", "<ul>", "</ul>", "<ol type=a start=3>", "</ol>",
    "<li>", "</li>", "<blockquote>", "</blockquote>", "<h1>", "</h1>", "<h3>", "</h3>", "<br>", "<br/>", "<div>", "</div>", "<td>", "<tr>",
    "<a href='https://a.id/?x=1&y=2'>", "<a href=//evil.example>", "<a href=javascript:alert(1)>", "<a>", "</a>", "<span style='x'>", "</span>",
    "<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&lt;", "&", "&nbsp;",
    "<img src=x onerror=alert(1)>", "\"", "'", "=", "\x00", "\u200b", "\ud800", " ", "\n", "kata", "e", "\u0301", "<textarea>", "<title>", "<o:p>",
    "<a href=\"https://[\">", "<a href='https://x y'>", "<a href=https://a.id/\\x\"y>", "<template>", "</", "<?xml", "<a href='",
]  # fmt: skip
messy_html = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)
