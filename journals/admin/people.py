"""Groups, participants and instructors."""

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.nip import format_nip
from berakhlak.admin import CarefulAdmin
from berakhlak.history import HistoryAdmin
from journals.admin.forms import EnrolmentForm, GroupForm, TeachingForm
from journals.models import Enrolment, Group, Teaching


@admin.register(Group)
class GroupAdmin(CarefulAdmin):
    """Groups of all cohorts; usually they are edited on the cohort's page."""

    form = GroupForm
    list_display = ["name", "cohort", "participants"]
    list_filter = [("cohort", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["cohort"]
    search_fields = ["name", "cohort__name"]
    search_help_text = gettext_lazy("Group or cohort")
    autocomplete_fields = ["cohort"]

    def get_queryset(self, request: HttpRequest):
        """With the number of participants."""
        return super().get_queryset(request).annotate(participant_total=Count("enrolments"))

    @admin.display(description=gettext_lazy("participants"), ordering="participant_total")
    def participants(self, group: Group) -> int:
        """All that were ever enrolled in it."""
        return group.participant_total

    def get_readonly_fields(self, request: HttpRequest, obj=None):
        """A group does not move to another cohort with the people in it."""
        return ["cohort"] if obj else []


@admin.register(Enrolment)
class EnrolmentAdmin(HistoryAdmin):
    """Participants. Who changes cohorts is moved from the cohort's own page, which says what becomes of entries."""

    form = EnrolmentForm
    list_display = ["ndh", "person", "nip", "agency", "cohort", "group", "status"]
    list_display_links = ["ndh", "person"]
    list_filter = ["status", ("cohort", admin.RelatedOnlyFieldListFilter), "group__name"]
    list_select_related = ["user", "cohort", "group"]
    list_per_page = 50
    search_fields = ["user__name", "user__nip", "user__email", "cohort__name"]
    search_help_text = gettext_lazy("Name, NIP, e-mail or cohort")
    autocomplete_fields = ["user", "cohort"]
    fields = ["cohort", "user", "ndh", "group", "status"]
    ordering = ["-cohort__starts", "cohort", "ndh"]

    @admin.display(description=gettext_lazy("participant"), ordering="user__name")
    def person(self, enrolment: Enrolment) -> str:
        """With titles."""
        return enrolment.user.full_name

    @admin.display(description=gettext_lazy("NIP"), ordering="user__nip")
    def nip(self, enrolment: Enrolment) -> str:
        """Grouped; organisers work with the whole number."""
        return format_html('<span class="nowrap">{}</span>', format_nip(enrolment.user.nip) or "–")

    @admin.display(description=gettext_lazy("agency"), ordering="user__agency")
    def agency(self, enrolment: Enrolment) -> str:
        """Where the person works."""
        return enrolment.user.agency

    def view_on_site(self, obj: Enrolment) -> str:
        """The person's page, where they are moved, withdrawn and readmitted."""
        return reverse("member", args=[obj.cohort.key, obj.ndh])

    def get_readonly_fields(self, request: HttpRequest, obj=None):
        """Person and cohort are what an enrolment is; group and status change on the person's page, with the rest."""
        return ["cohort", "user", "group", "status"] if obj else []


@admin.register(Teaching)
class TeachingAdmin(HistoryAdmin):
    """Who covers which group and which modules."""

    form = TeachingForm
    list_display = ["person", "cohort", "covered_group", "covered_modules", "is_lead"]
    list_filter = ["is_lead", ("cohort", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["instructor", "cohort", "group"]
    list_per_page = 50
    search_fields = ["instructor__name", "instructor__nip", "instructor__email", "cohort__name"]
    search_help_text = gettext_lazy("Name, NIP, e-mail or cohort")
    autocomplete_fields = ["instructor", "cohort"]
    filter_horizontal = ["modules"]
    fields = ["cohort", "instructor", "group", "modules", "is_lead"]

    def get_queryset(self, request: HttpRequest):
        """With the modules."""
        return super().get_queryset(request).prefetch_related("modules")

    @admin.display(description=gettext_lazy("instructor"), ordering="instructor__name")
    def person(self, teaching: Teaching) -> str:
        """With titles."""
        return teaching.instructor.full_name

    @admin.display(description=gettext_lazy("group"), ordering="group__name")
    def covered_group(self, teaching: Teaching) -> str:
        """One group, or all."""
        return teaching.group.name if teaching.group else _("all groups")

    @admin.display(description=gettext_lazy("modules"))
    def covered_modules(self, teaching: Teaching) -> str:
        """Numbers, or all."""
        return ", ".join(str(module.number) for module in teaching.modules.all()) or _("all")
