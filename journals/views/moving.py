"""One participant, for organisers: where they are, and moving them, with what will happen said beforehand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.nip import format_nip
from berakhlak.accounts.requests import SignedInRequest
from journals import access, permissions, workflow
from journals.enums import EnrolmentStatus
from journals.forms.moving import GroupForm, ReasonForm, TransferForm, WhereForm
from journals.models import Cohort, Enrolment, Schedule
from journals.services import members
from journals.views.answers import posted, wrong_method
from journals.views.trails import Trail, cohort_trail


def page(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Who they are, how far they are, and what can be done."""
    enrolment = access.member_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _page(request, enrolment)


def group(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Into another group."""
    enrolment = access.member_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = GroupForm(request.POST, enrolment=enrolment)
    if not form.is_valid():
        return _page(request, enrolment, problem=_("Choose a group."), status=422)
    chosen = form.cleaned_data["kelompok"]
    try:
        workflow.regroup(user=request.user, enrolment=enrolment, group=chosen, now=timezone.now())
    except workflow.Refused as refused:
        return _page(request, enrolment, problem=refused.message, status=refused.status)
    text = _("%(name)s is in %(group)s now.")
    messages.success(request, text % {"name": enrolment.user.full_name, "group": chosen.name})
    return redirect("member", cohort, ndh)


def transfer(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Into another cohort: which one (GET), exactly what will happen, then the deed."""
    enrolment = access.member_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    target = get_object_or_404(Cohort.objects.exclude(pk=enrolment.cohort_id), key=request.GET.get("ke", ""))
    form = TransferForm(posted(request), cohort=target)
    if request.method != "POST" or not form.is_valid():
        return _transfer_page(request, enrolment, target, form, status=422 if form.errors else 200)
    data = form.cleaned_data
    try:
        new = workflow.transfer(
            user=request.user,
            enrolment=enrolment,
            group=data["kelompok"],
            expected=data["expected"],
            reason=data["alasan"],
            now=timezone.now(),
        )
    except workflow.Refused as refused:
        return _transfer_page(request, enrolment, target, form, problem=refused.message, status=refused.status)
    text = _("%(name)s takes part in %(cohort)s now.")
    messages.success(request, text % {"name": enrolment.user.full_name, "cohort": target.name})
    return redirect("member", target.key, new.ndh)


def withdraw(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Say what it means, ask why, then let somebody leave."""
    enrolment = access.member_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    words = {
        "title": _("Let %(name)s withdraw?"),
        "text": _("Nothing is deleted: what was written stays readable, and waiting entries can still be reviewed."),
        "losses": [_("Writing is no longer possible."), _("Gradebook and recap no longer list this participant.")],
        "label": _("Withdraw"),
        "done": _("%(name)s has left the cohort."),
    }
    return _ask(request, enrolment, words, workflow.withdraw_participant, danger=True)


def readmit(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Ask why, then let somebody take part again."""
    enrolment = access.member_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    words = {
        "title": _("Readmit %(name)s?"),
        "text": _("The same number and group as before. Drafts that went along to the other cohort stay there.")
        if enrolment.status == EnrolmentStatus.MOVED
        else _("Everything is as it was: the same number, the same group, all entries. The due times stay."),
        "losses": [],
        "label": _("Readmit"),
        "done": _("%(name)s takes part again."),
    }
    return _ask(request, enrolment, words, workflow.readmit)


# --- What the views share ---------------------------------------------------------------------------


def _ask(request: SignedInRequest, enrolment: Enrolment, words: dict, move, *, danger: bool = False) -> HttpResponse:
    """A question with a reason; then the move."""
    name = {"name": enrolment.user.full_name}
    form, problem, status = ReasonForm(posted(request)), "", 200
    if request.method == "POST" and form.is_valid():
        try:
            move(user=request.user, enrolment=enrolment, reason=form.cleaned_data["alasan"], now=timezone.now())
        except workflow.Refused as refused:
            problem, status = refused.message, refused.status
        else:
            messages.success(request, words["done"] % name)
            return redirect("member", enrolment.cohort.key, enrolment.ndh)
    context = {
        "cohort": enrolment.cohort,
        "enrolment": enrolment,
        "title": words["title"] % name,
        "text": words["text"],
        "losses": words["losses"],
        "label": words["label"],
        "danger": danger,
        "form": form,
        "problem": problem,
        "trail": _trail(enrolment, words["label"]),
    }
    return render(request, "journals/cohorts/member_ask.html", context, status=422 if form.errors else status)


def _page(request: SignedInRequest, enrolment: Enrolment, *, problem: str = "", status: int = 200) -> HttpResponse:
    cohort, person = enrolment.cohort, enrolment.user
    context = {
        "cohort": cohort,
        "enrolment": enrolment,
        "active": enrolment.status == EnrolmentStatus.ACTIVE,
        "nip": format_nip(person.nip),
        "line": members.members([enrolment], timezone.now())[0],
        "entries": list(enrolment.entries.select_related("module").order_by("module__number")),
        "group_form": GroupForm(enrolment=enrolment),
        "where_form": WhereForm(enrolment=enrolment),
        "may_switch": permissions.may_switch(request.user, person),
        "may_activate": permissions.may_activate(request.user),
        "problem": problem,
        "trail": _trail(enrolment),
    }
    return render(request, "journals/cohorts/member.html", context, status=status)


def _transfer_page(
    request: SignedInRequest,
    enrolment: Enrolment,
    target: Cohort,
    form: TransferForm,
    *,
    problem: str = "",
    status: int,
) -> HttpResponse:
    fate = workflow.fate_of(enrolment, target)
    over = Schedule.objects.in_use().filter(cohort=target, closes__lte=timezone.now())
    context = {
        "cohort": enrolment.cohort,
        "enrolment": enrolment,
        "target": target,
        "fate": fate,
        "digest": fate.digest(target),
        "closed": list(over.order_by("module__number").values_list("module__number", flat=True)),
        "form": form,
        "problem": problem,
        "trail": _trail(enrolment, _("To another cohort")),
    }
    return render(request, "journals/cohorts/member_transfer.html", context, status=status)


def _trail(enrolment: Enrolment, here: str = "") -> Trail:
    cohort = enrolment.cohort
    people = (_("People"), reverse("members", args=[cohort.key]))
    if not here:
        return cohort_trail(cohort, people, (enrolment.user.name, ""))
    own = reverse("member", args=[cohort.key, enrolment.ndh])
    return cohort_trail(cohort, people, (enrolment.user.name, own), (here, ""))
