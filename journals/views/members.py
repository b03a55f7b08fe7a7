"""The people of a cohort, for its organisers: who has not been here yet, and the codes with which they get in."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from berakhlak.accounts import codes
from berakhlak.accounts.codemail import address_of
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.typeset import qr
from journals import access, workflow
from journals.models import Cohort
from journals.services import members, slips
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail

PEOPLE_PER_PAGE = 100


def page(request: HttpRequest, cohort: str) -> HttpResponse:
    """Everybody of the cohort, with sign-in and code."""
    found = access.cohort_for(request.user, cohort, to="activate")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _page(request, found)


def make(request: HttpRequest, cohort: str) -> HttpResponse:
    """New codes; one alone is shown at once, to be given on the spot."""
    found = access.cohort_for(request.user, cohort, to="activate")
    if refusal := wrong_method(request, "POST"):
        return refusal
    made = _done(request, found, workflow.give_codes)
    if not made:
        return _page(request, found, problem=_("Tick at least one person first. Staff get no code here."), status=422)
    if len(made) == 1:
        return _one_code(request, found, made[0])
    text = ngettext("%(count)d code was made.", "%(count)d codes were made.", len(made)) % {"count": len(made)}
    messages.success(request, text + " " + _("Print the slips now, or send the codes by e-mail."))
    return redirect("members", found.key)


def sheet(request: HttpRequest, cohort: str) -> HttpResponse:
    """The slips of open codes as a PDF. A POST, since it is put on record who printed them."""
    found = access.cohort_for(request.user, cohort, to="activate")
    if refusal := wrong_method(request, "POST"):
        return refusal
    shown = _done(request, found, workflow.show_codes)
    if not shown:
        return _page(request, found, problem=_("None of them has an open code. Make codes first."), status=422)
    content = slips.sheet(found, shown, site=_site(request), now=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="kode-aktivasi.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def mail(request: HttpRequest, cohort: str) -> HttpResponse:
    """Have the open codes sent."""
    found = access.cohort_for(request.user, cohort, to="activate")
    if refusal := wrong_method(request, "POST"):
        return refusal
    sent = _done(request, found, workflow.mail_codes) if _can_mail() else []
    if not sent:
        problem = _("None of them has both an open code and an e-mail address.")
        return _page(request, found, problem=problem, status=422)
    text = ngettext("%(count)d code is being sent.", "%(count)d codes are being sent.", len(sent))
    messages.success(request, text % {"count": len(sent)})
    return redirect("members", found.key)


def revoke(request: HttpRequest, cohort: str) -> HttpResponse:
    """Make the codes of those who were ticked worthless."""
    found = access.cohort_for(request.user, cohort, to="activate")
    if refusal := wrong_method(request, "POST"):
        return refusal
    count = _done(request, found, workflow.revoke_codes)
    if not count:
        return _page(request, found, problem=_("None of them has an open code."), status=422)
    text = ngettext("%(count)d code no longer works.", "%(count)d codes no longer work.", count)
    messages.success(request, text % {"count": count})
    return redirect("members", found.key)


# --- What the views share ---------------------------------------------------------------------------


def _done(request: HttpRequest, cohort: Cohort, move: Callable):
    """The move, for those whom the pressed button means."""
    now, ticked = timezone.now(), [int(text) for text in request.POST.getlist("orang") if is_number(text)]
    people: list[User] = members.chosen(cohort, now, request.POST.get("siapa", ""), ticked)
    return move(user=request.user, cohort=cohort, people=people, now=now)


def _page(request: HttpRequest, cohort: Cohort, *, problem: str = "", status: int = 200) -> HttpResponse:
    now, only_new = timezone.now(), request.GET.get("tampil") == "baru"
    shown = Paginator(members.enrolments_of(cohort, only_new=only_new), PEOPLE_PER_PAGE)
    people = shown.get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "page": people,
        "members": members.members(people, now),
        "teachers": members.teachers(cohort, now),
        "beginners": members.beginners(cohort, now),
        "only_new": only_new,
        "problem": problem,
        "can_mail": _can_mail(),
        "trail": cohort_trail(cohort, (_("People"), "")),
    }
    return render(request, "journals/cohorts/members.html", context, status=status)


@sensitive_variables()
def _one_code(request: HttpRequest, cohort: Cohort, code: ActivationCode) -> HttpResponse:
    text = codes.text_of(code)
    address = address_of(text, _site(request))
    context = {
        "cohort": cohort,
        "code": code,
        "text": text,
        "address": address.split("#")[0],
        "picture": mark_safe(qr(address)),  # drawn by the library from an address of ours
        "trail": cohort_trail(cohort, (_("People"), reverse("members", args=[cohort.key])), (code.user.name, "")),
    }
    return render(request, "journals/cohorts/code.html", context)


def _can_mail() -> bool:
    """Without a mail server the codes would stand in a log."""
    return settings.DEBUG or bool(settings.EMAIL_HOST)


def _site(request: HttpRequest) -> str:
    """The public address of this site; a developer's server may run on any port."""
    return request.build_absolute_uri("/").rstrip("/") if settings.DEBUG else settings.SITE_URL
