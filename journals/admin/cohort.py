"""Cohorts with everything that belongs to one: groups, schedule, instructors, grade bands."""

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from berakhlak.history import HistoryAdmin
from berakhlak.numbers import whole_number
from berakhlak.zones import zone_name
from curriculum.admin import reliances
from curriculum.models import CatalogueItem, Module
from curriculum.reading import open_modules
from journals import workflow
from journals.admin.forms import CohortForm, DefaultBandForm, ScheduleForm
from journals.admin.formsets import BandFormSet, GroupFormSet, ScheduleFormSet, UniqueRows
from journals.admin.zones import ZonedAdmin
from journals.enums import EnrolmentStatus
from journals.forms.moments import DayInput
from journals.models import Cohort, Enrolment, GradeBand, Group, Schedule, Teaching
from journals.services import defaults


class GroupInline(admin.TabularInline):
    """Groups; a new cohort is offered four."""

    model = Group
    formset = GroupFormSet
    classes = ["bare"]

    def get_extra(self, request: HttpRequest, obj=None, **kwargs) -> int:
        """Four empty rows for a new cohort."""
        return 0 if obj else 4


class ScheduleInline(admin.TabularInline):
    """Times per module, in the cohort's zone."""

    model = Schedule
    form = ScheduleForm
    formset = ScheduleFormSet
    extra = 0
    ordering = ["module__number"]
    classes = ["bare"]

    def __init__(self, parent_model, admin_site):
        super().__init__(parent_model, admin_site)
        # Made anew for each request, inside the cohort's zone.
        self.verbose_name_plural = _("Schedule (times in %(zone)s)") % {"zone": zone_name()}

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        """Modules are not edited from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return _without_icons(field) if db_field.name == "module" else field

    def get_queryset(self, request: HttpRequest):
        """With the modules, whose names the rows show."""
        return super().get_queryset(request).select_related("module")


class _CohortGroups(admin.TabularInline):
    """Offers the groups of the cohort on the page, read once for all rows."""

    def get_formset(self, request: HttpRequest, obj=None, **kwargs):
        self.groups = [(group.pk, group.name) for group in obj.groups.all()] if obj else []
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_dbfield(self, db_field, request: HttpRequest, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name != "group":
            return field
        field = _without_icons(field)
        field.choices = [("", _("all groups") if db_field.blank else "---------"), *self.groups]
        return field


def _without_icons(field):
    """A select without the links for editing and adding what it offers: here they would only take room."""
    field.widget = getattr(field.widget, "widget", field.widget)
    return field


class TeachingInline(_CohortGroups):
    """Who covers what. Modules are chosen on the row's own page."""

    model = Teaching
    formset = UniqueRows
    fields = ["instructor", "group", "is_lead", "covered"]
    readonly_fields = ["covered"]
    autocomplete_fields = ["instructor"]
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest):
        """With instructors and modules."""
        return super().get_queryset(request).select_related("instructor", "group").prefetch_related("modules")

    @admin.display(description=gettext_lazy("modules"))
    def covered(self, teaching: Teaching) -> str:
        """Numbers, or all."""
        numbers = [str(module.number) for module in teaching.modules.all()] if teaching.pk else []
        return ", ".join(numbers) or _("all")


class EnrolmentInline(_CohortGroups):
    """New participants only: those who are there have a list of their own, with search and filters."""

    model = Enrolment
    formset = UniqueRows
    fields = ["user", "ndh", "group"]
    autocomplete_fields = ["user"]
    extra = 1
    verbose_name = gettext_lazy("participant")
    verbose_name_plural = gettext_lazy("Add participants")

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        """Not here."""
        return False

    has_change_permission = has_delete_permission = has_view_permission


def cohorts_that_rely(items: list[CatalogueItem]) -> list[str]:
    """Running cohorts that have modules in their schedule which participants can no longer open."""
    modules = [item.pk for item in items if isinstance(item, Module)]
    cohorts = Cohort.objects.filter(schedules__module__in=modules, ends__gte=timezone.localdate()).distinct()
    names = ", ".join(str(cohort) for cohort in cohorts) if modules else ""
    if not names:
        return []
    return [_("Running cohorts have it in their schedule and no longer find its page: %(names)s.") % {"names": names}]


reliances.append(cohorts_that_rely)


class BandInline(admin.TabularInline):
    """Names for ranges of the result."""

    model = GradeBand
    formset = BandFormSet
    extra = 0
    classes = ["bare"]


@admin.register(Cohort)
class CohortAdmin(HistoryAdmin, ZonedAdmin):
    """The organiser's main page."""

    form = CohortForm
    formfield_overrides = {models.DateField: {"widget": DayInput}}
    list_display = ["name", "agency", "starts", "ends", "timezone", "participant_count", "gradebook"]
    list_filter = ["timezone", "release_policy", "starts"]
    search_fields = ["name", "programme", "agency"]
    search_help_text = gettext_lazy("Name, programme or agency")
    date_hierarchy = "starts"
    list_per_page = 50
    readonly_fields = ["participants"]
    save_on_top = True

    def get_queryset(self, request: HttpRequest):
        """With the number of participants."""
        active = Count("enrolments", filter=Q(enrolments__status=EnrolmentStatus.ACTIVE))
        return super().get_queryset(request).annotate(participant_total=active)

    @admin.display(description=gettext_lazy("participants"), ordering="participant_total")
    def participant_count(self, cohort: Cohort) -> int:
        """Active participants."""
        return cohort.participant_total

    @admin.display(description=gettext_lazy("gradebook"))
    def gradebook(self, cohort: Cohort) -> str:
        """Link to the cohort's page."""
        return format_html('<a href="{}">{}</a>', reverse("cohort", args=[cohort.key]), _("Open"))

    @admin.display(description=gettext_lazy("participants"))
    def participants(self, cohort: Cohort) -> str:
        """Links to the list of participants of this cohort, to extensions and to the gradebook."""
        if not cohort.pk:
            return _("Save the cohort first.")
        query = urlencode({"cohort__id__exact": cohort.pk})
        links = [
            (
                f"{reverse('admin:journals_enrolment_changelist')}?{query}",
                ngettext("%(count)d participant", "%(count)d participants", cohort.participant_total)
                % {"count": cohort.participant_total},
            ),
            (
                f"{reverse('admin:journals_extension_changelist')}?"
                f"{urlencode({'enrolment__cohort__id__exact': cohort.pk})}",
                _("Extensions"),
            ),
            (reverse("cohort", args=[cohort.key]), _("Gradebook")),
        ]
        return format_html(" · ".join(['<a href="{}">{}</a>'] * len(links)), *(part for link in links for part in link))

    def get_fieldsets(self, request: HttpRequest, obj: Cohort | None = None):
        """What it is, how it is assessed, what lateness does."""
        first = ["name", "programme", "agency", "timezone", "starts", "ends"]
        return [
            (None, {"fields": [*first, "participants"] if obj else [*first, "make_schedule"]}),
            (_("Assessment"), {"fields": ["rubric", "pass_mark", "release_policy", "max_returns"]}),
            (_("Lateness"), {"fields": ["grace_seconds", "late_policy", "late_deduction", "late_floor"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Cohort | None = None):
        """A new cohort gets groups; the rest needs them, or is made from the defaults."""
        if obj is None:
            return [GroupInline]
        return [GroupInline, ScheduleInline, TeachingInline, EnrolmentInline, BandInline]

    def zone_for(self, request: HttpRequest, object_id: str | None) -> str:
        """The zone posted, so that a changed zone and the times typed with it belong together."""
        if request.method == "POST" and "timezone" in request.POST:
            return request.POST["timezone"]
        return Cohort.objects.filter(pk=whole_number(object_id)).values_list("timezone", flat=True).first() or ""

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """A new cohort also gets the default grade bands and, if wanted, a first schedule."""
        super().save_related(request, form, formsets, change)
        if change:
            return
        defaults.copy_bands(form.instance)
        if form.cleaned_data.get("make_schedule"):
            made = defaults.first_schedule(form.instance)
            messages.info(
                request,
                _("A first schedule for %(count)d modules was made. Please check its times.") % {"count": len(made)},
            )
            left_out = open_modules().exclude(pk__in=defaults.with_parts()).values_list("number", flat=True)
            if left_out:
                messages.warning(
                    request,
                    _("Left out, since there is nothing to write yet (no answer parts): module %(numbers)s.")
                    % {"numbers": ", ".join(map(str, left_out))},
                )

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        """Changed times reach the entries through the workflow; changed bands are noted."""
        if formset.model is GradeBand and change:
            before = workflow.bands_of(form.instance)
            super().save_formset(request, form, formset, change)
            workflow.record_bands(user=request.user, cohort=form.instance, before=before, now=timezone.now())
            return
        super().save_formset(request, form, formset, change)
        if formset.model is not Schedule:
            return
        moved = [schedule for schedule, fields in formset.changed_objects if set(fields) & {"opens", "due", "closes"}]
        for schedule in [*moved, *formset.new_objects]:
            workflow.reschedule(user=request.user, schedule=schedule, now=timezone.now())
        if moved:
            messages.info(
                request,
                ngettext(
                    "%(count)d module has new times; entries without an extension follow.",
                    "%(count)d modules have new times; entries without an extension follow.",
                    len(moved),
                )
                % {"count": len(moved)},
            )

    def get_formset_kwargs(self, request: HttpRequest, obj, inline, prefix) -> dict:
        """The groups of a new cohort have names; only when the page is opened, so that what is sent counts as typed."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, GroupInline) and not obj.pk and request.method == "GET":
            given["initial"] = [{"name": _("Group %(number)d") % {"number": number}} for number in range(1, 5)]
        return given

    def response_add(self, request: HttpRequest, obj: Cohort, post_url_continue=None) -> HttpResponse:
        """After adding comes the rest of the cohort: schedule, instructors, participants."""
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST or "_popup" in request.POST:
            return response
        return HttpResponseRedirect(reverse("admin:journals_cohort_change", args=[obj.pk]))


@admin.register(GradeBand)
class GradeBandAdmin(admin.ModelAdmin):
    """The default bands; those of a cohort stand on the cohort's page."""

    form = DefaultBandForm
    fields = ["name", "min_score", "max_score"]
    list_display = ["name", "min_score", "max_score"]

    def get_queryset(self, request: HttpRequest):
        """Bands without a cohort."""
        return super().get_queryset(request).filter(cohort=None)

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Say what these are."""
        return super().changelist_view(
            request,
            {
                "title": _("Default grade bands"),
                "subtitle": _("Copied into each new cohort; later changes here do not reach existing cohorts."),
                **(extra_context or {}),
            },
        )
