"""A lead takes over what another reviewer holds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, workflow
from journals.forms.reviewing import ReasonForm
from journals.views import desk_page
from journals.views.answers import wrong_method
from journals.views.reviewing import filters_of


def take_over(request: HttpRequest, entry: str) -> HttpResponse:
    """Hold the entry in another reviewer's place; the reason goes to them."""
    found = access.entry_to_take_over(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    form, filters = ReasonForm(request.POST), filters_of(request.POST.get("filter", ""))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        workflow.take_over(user=request.user, entry=found, reason=reason, now=timezone.now())
    except workflow.Invalid as refusal:
        if form.is_valid():
            form.add_error("reason", refusal.errors["reason"])
        return desk_page.show(request, found, filters, take_over_form=form, status=422)
    except workflow.Conflict as refusal:
        if refusal.code != "yours":  # otherwise the form came twice
            kept = [(_("Reason"), request.POST.get("reason", ""))]
            found.refresh_from_db(fields=["state"])
            return desk_page.show(request, found, filters, problem=refusal.message, kept=kept, status=409)
    else:
        messages.success(request, _("You have taken over this entry. Its former reviewer is told why."))
    return HttpResponseRedirect(desk_page.address(found, filters))
