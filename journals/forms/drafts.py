"""A device's message, as it comes over the wire: JSON, to be small on a slow line."""

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from journals.richtext import TooLong
from journals.widgets import Typed
from journals.workflow import Invalid, Message

CLIENT = re.compile(r"[a-z0-9]{16,32}")
# Of the message. Another program may stand on a device for weeks: what it cannot mean is refused, never guessed.
FORMAT = 1
LARGEST = 2**31 - 1
TITLE = 200


def read_message(body: bytes) -> Message:
    """The message in a request's body. Raises Invalid when it is not one, or a part is longer than anybody writes."""
    try:
        data = json.loads(body)
        known = data.get("format", FORMAT) == FORMAT
        client, parts, title = data["client"], data["parts"], data.get("title", "")
        user = str(data.get("user", ""))  # a page from before an update names none
        numbers = [data["sequence"], data["version"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unreadable() from error
    if not known:
        raise Invalid(
            _("This page and the server do not fit together. Your text stays on this device; reload the page.")
        )
    whole = all(type(number) is int and 0 <= number <= LARGEST for number in numbers)
    words = isinstance(client, str) and isinstance(title, str) and isinstance(parts, dict)
    if not whole or not words or not CLIENT.fullmatch(client) or len(title) > TITLE or "\x00" in title:
        raise _unreadable()
    answers = {str(key): _answer(part) for key, part in parts.items()}
    return Message(client=client, sequence=numbers[0], base=numbers[1], answers=answers, title=title, user=user)


def _answer(part: Any) -> str:
    if not (isinstance(part, list) and len(part) == 2 and all(isinstance(item, str) for item in part)):
        raise _unreadable()
    kind, text = part
    try:
        return Typed(text, "html" if kind == "html" else "notation").to_html()
    except TooLong as error:
        raise Invalid(_("This text is too long to be saved.")) from error


def _unreadable() -> Invalid:
    return Invalid(_("The form does not fit this entry. Load the page again."))
