"""The main navigation, which depends on what somebody is."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from journals.permissions import roles_of


@dataclass(frozen=True)
class NavItem:
    """One link of the main navigation."""

    label: str
    url: str
    current: bool


def navigation(request: HttpRequest) -> dict:
    """Context processor: `nav_items`, `keeps_a_journal` and `writes_feedback`, worked out only where they are used."""
    return {
        "nav_items": SimpleLazyObject(lambda: items(request)),
        "keeps_a_journal": SimpleLazyObject(lambda: keeps_a_journal(request)),
        "writes_feedback": SimpleLazyObject(lambda: writes_feedback(request)),
    }


def keeps_a_journal(request: HttpRequest) -> bool:
    """True for participants, whose device may keep their journal; the roles are asked for once per request."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and roles_of(user).participant


def writes_feedback(request: HttpRequest) -> bool:
    """True for instructors, who have phrases for it; no query more than the roles."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and roles_of(user).instructor


def items(request: HttpRequest) -> list[NavItem]:
    """The links for this visitor; costs one query for a signed-in person."""
    links: list[tuple[str, str]] = []
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        roles = roles_of(user)
        if roles.participant:
            links.append((_("My journal"), reverse("journals")))
        if roles.instructor:
            links.append((_("Review queue"), reverse("queue")))
        if roles.instructor or roles.organiser:
            links.append((_("Cohorts"), reverse("cohorts")))
    links += [(_("Modules"), reverse("modules")), (_("Seven values"), reverse("values"))]
    if user is not None and user.is_authenticated and user.is_staff:
        links.append((_("Administration"), reverse("admin:index")))
    return [NavItem(label, url, request.path.startswith(url)) for label, url in links]
