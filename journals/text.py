"""Plain text and its words. static/js/lib/words.js follows the same rule; tests/golden/words.json binds both.

A word is a run of characters without a space that holds at least one letter or digit of any script.
So "anak-anak", "S.T.", "14.30", "(1)", "dan/atau", "2019–2021", an address and an e-mail are one word each;
a dash, an emoji or a sign alone is none. An em dash always separates, with or without spaces around it.
Characters without width (zero width space, soft hyphen, byte order mark) are as if they were not there.
Markup counts nothing: tags, list numbers and the address behind a link.
"""

import re
from html import unescape

# Spelt out, because Python and JavaScript disagree about \s (U+001C–U+001F, U+0085 and U+FEFF).
SPACES = "\t\n\x0b\x0c\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# No width, no meaning in our text. The joiners U+200C and U+200D stay: emoji and some scripts need them.
WIDTHLESS = "\u00ad\u200b\u2060\ufeff"

_between = re.compile(f"[{SPACES}\u2014\u2015]+")
_widthless = re.compile(f"[{WIDTHLESS}]")
_meaningful = re.compile(r"[^\W_]")

BREAKS = re.compile(r"</?(?:p|h3|ul|ol|li|blockquote|br)(?:\s[^>]*)?/?>")
TAG = re.compile(r"<[^>]*>")
_closing_block = re.compile(r"</(?:p|h3|ul|ol|blockquote)>")
_line_break = re.compile(r"<br\s*/?>")
_item = re.compile(r"<li(?:\s[^>]*)?>")
_blank_lines = re.compile(r"\n{3,}")
_after_item = re.compile(r"(?m)^(- .*)\n\n(?=- )")


def count_words(plain: str) -> int:
    """The number of words in plain text."""
    pieces = _between.split(_widthless.sub("", plain))
    return sum(1 for piece in pieces if _meaningful.search(piece))


def count_words_in_html(html: str) -> int:
    """The number of words in HTML as richtext.clean returns it (or as the editor writes it)."""
    return count_words(unescape(TAG.sub("", BREAKS.sub("\n", html))))


def html_to_text(html: str) -> str:
    """Readable plain text of HTML as richtext.clean returns it.

    A blank line between blocks, "- " before list items (a number would count as a word), marks and link
    addresses left out.
    """
    text = _line_break.sub("\n", html)
    text = _item.sub("\n- ", text)
    text = _closing_block.sub("\n\n", text)
    text = unescape(TAG.sub("", text))
    text = _blank_lines.sub("\n\n", text.replace("- \n", "- ")).strip()
    return _after_item.sub(r"\1\n", text)
