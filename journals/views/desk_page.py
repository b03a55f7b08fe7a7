"""The page of one entry on the reviewer's desk, whatever led to it: a link, a refusal, a conflict."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, get_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.nip import mask_nip
from journals import permissions, workflow
from journals.enums import EntryState
from journals.forms.reviewing import ReviewForm, stored_words, words_kept
from journals.models import Entry
from journals.services import annotations, desk, working
from journals.services.queue_filters import Filters
from journals.views.answers import asks_for_changes

MOVED_ON = gettext_lazy(
    "This entry has moved on since you opened the form. What you typed is not saved; "
    "it stands below so that you can copy it."
)


def show(
    request: HttpRequest,
    entry: Entry,
    filters: Filters,
    *,
    form: ReviewForm | None = None,
    status: int = 200,
    ahead: bool = False,
    **more,
) -> HttpResponse:
    """The review page (`ahead`: as it will be once it is taken); all times in the cohort's zone, which is the one
    people there live in."""
    now = timezone.now()
    shown = desk.desk_of(request.user, entry, now, ahead=ahead)
    workflow.note_reading(user=request.user, entry=entry, now=now)
    annotations.lay_out(shown, suffix(filters))
    tz = entry.enrolment.cohort.tz
    if form is not None and not shown.bench:
        # A refused form that can no longer stand on the page: its words must.
        codes = [(criterion.code, criterion.name) for criterion in form.bench.criteria]
        more = {"problem": MOVED_ON, "kept": words_kept(form.data, codes)} | more
    if shown.bench and form is None:
        form = ReviewForm(bench=shown.bench, tz=tz, filter_query=filters.query())
    context = {
        "desk": shown,
        "entry": entry,
        "form": form if shown.bench else None,
        "query": filters.query(),
        "trail": trail(request, entry, filters),
        "nip": mask_nip(entry.enrolment.user.nip),
        "now": now,
        "may_extend": entry.state != EntryState.GRADED and permissions.may_lead(request.user, entry.enrolment.cohort),
        "decisions": [(review, review.band or "") for review in shown.current_reviews],
        "changes": shown.changes() if asks_for_changes(request) else None,
        "unused": [
            (review, words) for review in shown.unused if (words := stored_words(review) + annotations.words_of(review))
        ],
        **more,
    }
    if shown.bench and form is not None:
        meter = desk.meter(shown, form.points_now())
        said: dict[str, Any] = {**_script_words(), "late": working.patterns(meter.working)}
        context |= {"meter": meter, "rules": desk.rules(shown), "words": said}
    else:
        context["own_words"] = stored_words(shown.own) if shown.own else []
    with timezone.override(tz):
        return render(request, "journals/instructor/review.html", context, status=status)


def address(entry: Entry, filters: Filters, *, changes: bool = False) -> str:
    """Where the page stands, with the way back in its query."""
    end = suffix(filters)
    if changes:
        end = f"?lihat=perubahan&{end[1:]}" if end else "?lihat=perubahan"
    return reverse("review", args=[entry.key]) + end


def suffix(filters: Filters) -> str:
    """The end of an address from which a way leads back to where one came from; may be empty."""
    query = filters.query()
    return f"?{query}" if query else ""


def back(entry: Entry, filters: Filters) -> str:
    """Where one came from: the list of the queue, or the cohort's table."""
    if filters.origin:
        return reverse("cohort", args=[entry.enrolment.cohort.key])
    return reverse("queue") + suffix(filters)


def trail(request: HttpRequest, entry: Entry, filters: Filters, *, here: str = "") -> list[tuple[str, str]]:
    """The breadcrumbs down to an entry, or to the page `here` below it."""
    person = (entry.enrolment.user.name, address(entry, filters) if here else "")
    below = [(here, "")] if here else []
    if filters.origin or not permissions.roles_of(request.user).instructor:
        cohort = entry.enrolment.cohort
        return [(_("Cohorts"), reverse("cohorts")), (cohort.name, reverse("cohort", args=[cohort.key])), person, *below]
    return [(_("Review queue"), back(entry, filters)), person, *below]


def said(text: str, **values) -> SafeString:
    """A message from a translated text with names in it; a value may be a link."""
    return mark_safe(escape(text) % {name: conditional_escape(value) for name, value in values.items()})


def person(entry: Entry, filters: Filters, *, linked: bool) -> str:
    """The author's name for a message; a link where one moves on to another page."""
    name = entry.enrolment.user.full_name
    return format_html('<a href="{}">{}</a>', address(entry, filters), name) if linked else name


def clock(at: datetime, entry: Entry) -> str:
    """The time of day in the cohort's zone: "14.31 WITA"."""
    local = at.astimezone(entry.enrolment.cohort.tz)
    return f"{date_format(local, 'TIME_FORMAT')} {local:%Z}"


def day_and_clock(at: datetime, entry: Entry) -> str:
    """ "Jumat, 27 November 2026, 23.59 WITA"."""
    return f"{date_format(at.astimezone(entry.enrolment.cohort.tz), 'l, j F Y')}, {clock(at, entry)}"


def _script_words() -> dict[str, str]:
    """What static/js/modules/review.js says; the words live here so that they are translated once."""
    return {
        "saving": _("Saving …"),
        "unsaved": _("Not saved yet."),
        "offline": _("No connection. Your text stays on this page; saving is tried again."),
        "failed": _("Saving failed. Your text stays on this page; saving is tried again."),
        "signedOut": _("You were signed out. Sign in again in another tab; your text stays on this page."),
        "undecided": _("Your decision did not arrive. Nothing is lost: press the button again once you are connected."),
        "broughtBack": _("What this device had kept is back in the form."),
        "stale": _("This review was saved in another window. Press “Save” to see both texts."),
        "soFar": _("so far, %(scored)s of %(total)s criteria"),
        "none": _("not scored yet"),
        "scored": _("%(scored)s of %(total)s scored"),
        "range": _("%(low)s to %(high)s"),
        "outside": _("No level has these points."),
        "decimal": get_format("DECIMAL_SEPARATOR"),
    }
