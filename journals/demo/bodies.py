"""The demo's composed texts as the HTML of answers."""

import html
import re


def to_html(plain: str) -> str:
    """Paragraphs and simple lists as richtext.clean would give them; many times faster."""
    blocks = []
    for block in re.split(r"\n\s*\n|\n(?![-\d])", plain.strip()):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        for mark, tag in ((r"- ", "ul"), (r"\d+\. ", "ol")):
            if lines and all(re.match(mark, line) for line in lines):
                entries = "".join(f"<li><p>{_escape(re.sub(mark, '', line, count=1))}</p></li>" for line in lines)
                blocks.append(f"<{tag}>{entries}</{tag}>")
                break
        else:
            blocks += [f"<p>{_escape(line)}</p>" for line in lines]
    return "".join(blocks)


def _escape(line: str) -> str:
    return html.escape(line, quote=False)


def beginning(body: str) -> str:
    """The first two sentences of an answer's first paragraph, as a paragraph."""
    first = re.match(r"<p>(?:[^.<]+\. ){2}", body)
    return f"{first.group().rstrip()}</p>" if first else ""
