"""The guides for the three roles: what one does on which page, in which order, with pictures.

Names of buttons, links and headings stand in square brackets and are exactly those of the interface
(``controls`` in journals/templatetags/guides.py puts its own words there), so a guide cannot name a button that
has another name by now. The pictures are made from the demo: ``make guide-pictures``.
"""

from typing import NamedTuple

from django.utils.functional import Promise


class Section(NamedTuple):
    """One thing to do. `picture` names a file of static/img/guides/; `shows` says what it shows."""

    anchor: str
    title: str | Promise
    steps: tuple[str | Promise, ...]
    text: str | Promise = ""
    note: str | Promise = ""
    picture: str = ""
    shows: str | Promise = ""


class Guide(NamedTuple):
    """All for one role. `role` is the end of its address."""

    role: str
    title: str | Promise
    lede: str | Promise
    icon: str
    sections: tuple[Section, ...]
