"""What the page tests of writing share."""

from html import unescape

from django.urls import reverse

from tests.factory import PARTS

WORDS = "Saya belajar mendengarkan warga sebelum memberi jawaban kepada mereka."


def address(name: str, cast, number: int = 1, *more) -> str:
    """An address of the participant's entry for a module."""
    return reverse(name, args=[cast.cohort.key, number, *more])


def typed(version: int = 0, *, text: str = WORDS, **fields) -> dict[str, str]:
    """What the writing form sends without JavaScript; ``ringkasan="..."`` and so on replace a part."""
    data = {"version": str(version), "title": fields.pop("title", "Antrean posyandu")}
    for key, *_rest in PARTS:
        data[f"part-{key}"] = fields.pop(key, text)
    return data | fields


def text_of(response) -> str:
    """The page with its entities read and plain spaces, for looking for words."""
    return unescape(response.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def dashboard(cast, client) -> str:
    """The participant's dashboard."""
    return text_of(client.get(reverse("journal", args=[cast.cohort.key])))


def entry_page(cast, client, number: int = 1) -> str:
    """The participant's page of an entry."""
    return text_of(client.get(address("entry", cast, number)))
