"""PDF files that strangers send: looked through for what a reader must never run, before anybody else opens them.

A scan for tokens, not a parser. It reads the file as it stands, with escaped names written out, and the object streams
in which newer files pack their objects. It does not see what a viewer would build from a damaged file (such files are
refused where the end is not as it should be), nor faults of viewers in fonts and images; that is why files are sent
sandboxed. Encrypted files, of which nothing can be said, are refused.
"""

import re
import zlib

HEAD = re.compile(rb"%PDF-[12]\.\d")
# Nothing but line ends may follow, or something else is hanging on to it.
TAIL = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s{0,16}\Z")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
ZIP_END = b"PK\x05\x06"  # where it stands at the end of a file, the file is an archive too
ZIP_REACH = 66_000
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|svg|iframe|\?php|\?xml)", re.IGNORECASE)
SNIFFED = 1024  # as far as browsers look when they guess
END_OF_NAME = rb"(?=[\s/<>\[\](){}%]|\Z)"
REFUSED = (
    ("encrypted", re.compile(rb"/Encrypt" + END_OF_NAME)),
    ("active", re.compile(rb"/(?:JavaScript|Launch|SubmitForm|ImportData|RichMedia|Rendition|XFA)" + END_OF_NAME)),
    ("files", re.compile(rb"/(?:EmbeddedFiles?|Filespec|GoToE)" + END_OF_NAME)),
)
STREAM = re.compile(rb"\bstream[\r\n]")
FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
PAGE = re.compile(rb"/Type\s*/Page" + END_OF_NAME)
MAX_UNPACKED = 32 * 1024 * 1024


class UnusableDocument(Exception):
    """Why a file is refused: `code` is "unreadable", "encrypted", "active" or "files"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_pdf(data: bytes) -> int:
    """The number of pages of a harmless PDF (at least 1). Raises `UnusableDocument`."""
    tail = TAIL.search(data, max(len(data) - 64, 0))
    if not HEAD.match(data) or tail is None or int(tail[1]) >= len(data):
        raise UnusableDocument("unreadable")
    if MARKUP.search(data[:SNIFFED]) or ZIP_END in data[-ZIP_REACH:]:
        raise UnusableDocument("unreadable")
    if not data[int(tail[1]) :].lstrip()[:40].startswith(b"xref") and b"obj" not in data[int(tail[1]) :][:40]:
        raise UnusableDocument("unreadable")
    plain = _written_out(data)
    pages = 0
    for text in (plain, *_object_streams(data)):
        for code, pattern in REFUSED:
            if pattern.search(text):
                raise UnusableDocument(code)
        pages += len(PAGE.findall(text))
    return max(pages, 1)


def _written_out(data: bytes) -> bytes:
    """Names may hide behind escapes: /J#61vaScript is /JavaScript."""
    return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), data)


def _object_streams(data: bytes) -> list[bytes]:
    """The unpacked contents of all object streams, with a bound on how much they may unpack to.

    Everything since the last stream began counts as the description of the next one: a false word "stream" in a comment
    then hides nothing. An object stream packed in any other way than the usual one is refused.
    """
    found, left, begin = [], MAX_UNPACKED, 0
    for match in STREAM.finditer(data):
        head = _written_out(data[begin : match.start()])
        begin = match.end()
        if b"/ObjStm" not in head:
            continue
        stop = data.find(b"endstream", begin)
        content = data[begin : len(data) if stop < 0 else stop]
        if b"/Filter" in head:
            filters = FILTER.findall(head)
            if not filters or any(name.strip(b"[] ") != b"/FlateDecode" for name in filters) or b"/Predictor" in head:
                raise UnusableDocument("unreadable")
            content = _inflated(content, left)
            left -= len(content)
        found.append(_written_out(content))
    return found


def _inflated(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed.lstrip(b"\r\n"), max(limit, 1))
    except zlib.error as error:
        raise UnusableDocument("unreadable") from error
    if unpacker.unconsumed_tail:
        raise UnusableDocument("unreadable")
    return unpacked
