"""Rubrics: criteria on the rubric's page, levels on the criterion's. Frozen once a review uses them."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.history import HistoryAdmin
from journals.admin.forms import CriterionForm, LevelForm, RubricForm
from journals.admin.formsets import CriterionFormSet, LevelFormSet
from journals.models import Criterion, Level, Review, Rubric
from journals.services import rubrics


class CriterionInline(admin.TabularInline):
    """Criteria with their weights; each links to its levels."""

    model = Criterion
    form = CriterionForm
    formset = CriterionFormSet
    fields = ["order", "code", "name", "weight", "levels_summary"]
    readonly_fields = ["levels_summary"]
    prepopulated_fields = {"code": ["name"]}
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest):
        """With the number of levels."""
        return super().get_queryset(request).annotate(level_total=Count("levels"))

    @admin.display(description=gettext_lazy("levels"))
    def levels_summary(self, criterion: Criterion) -> str:
        """How many there are; they are edited on the criterion's own page."""
        total = getattr(criterion, "level_total", 0)
        return str(total) if total else _("none yet: save, then open the criterion")

    def has_change_permission(self, request: HttpRequest, obj: Rubric | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_change_permission(request, obj) and not _frozen(obj)

    def has_add_permission(self, request: HttpRequest, obj: Rubric | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_add_permission(request, obj) and not _frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Rubric | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_delete_permission(request, obj) and not _frozen(obj)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Rubric | None = None):
        """Only where there are fields to fill."""
        return {} if _frozen(obj) else self.prepopulated_fields


def _frozen(rubric: Rubric | None) -> bool:
    """Asked many times on one page, so remembered on the object."""
    if rubric is None or rubric.pk is None:
        return False
    if not hasattr(rubric, "frozen"):
        rubric.frozen = rubric.is_used
    return rubric.frozen


@admin.register(Rubric)
class RubricAdmin(HistoryAdmin):
    """Rubrics and their versions."""

    form = RubricForm
    change_form_template = "admin/journals/rubric/change_form.html"
    list_display = ["name", "version", "weights", "active", "is_default", "in_use"]
    list_filter = ["active", "is_default"]
    search_fields = ["name"]
    inlines = [CriterionInline]

    def get_queryset(self, request: HttpRequest):
        """With the sum of weights, and whether a review uses it."""
        return (
            super()
            .get_queryset(request)
            .annotate(weight_total=Sum("criteria__weight"), frozen=Exists(Review.objects.filter(rubric=OuterRef("pk"))))
        )

    @admin.display(description=gettext_lazy("sum of weights"), ordering="weight_total")
    def weights(self, rubric: Rubric) -> str:
        """100, or what is wrong."""
        return str(rubric.weight_total or 0)

    @admin.display(description=gettext_lazy("in use"), boolean=True, ordering="frozen")
    def in_use(self, rubric: Rubric) -> bool:
        """True once a review was begun with it."""
        return rubric.frozen

    def get_fields(self, request: HttpRequest, obj: Rubric | None = None):
        """Version and default are set by the buttons."""
        return ["name", "active", *(["version", "previous", "is_default"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: Rubric | None = None):
        """The name of a rubric in use is frozen too: old grades show it."""
        return ["version", "previous", "is_default", *(["name"] if _frozen(obj) else [])]

    def change_view(self, request: HttpRequest, object_id, form_url="", extra_context=None) -> HttpResponse:
        """Tell the template what can be done, and what is wrong."""
        rubric = self.get_object(request, object_id)
        extra = {}
        if rubric is not None:
            extra = {
                "frozen": _frozen(rubric),
                "problems": rubrics.problems(rubric),
                "is_default": rubric.is_default,
                "may_copy": self.has_add_permission(request),
            }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def response_change(self, request: HttpRequest, obj: Rubric) -> HttpResponse:
        """The two buttons of our template."""
        if "_new_version" in request.POST:
            if not self.has_add_permission(request):
                raise PermissionDenied
            copy = rubrics.new_version(obj)
            self.log_addition(request, copy, [{"added": {}}])
            messages.success(
                request,
                _("%(rubric)s was made. Cohorts keep their version until you choose the new one there.")
                % {"rubric": copy},
            )
            return redirect("admin:journals_rubric_change", copy.pk)
        if "_make_default" in request.POST:
            if problems := rubrics.problems(obj):
                messages.error(request, " ".join(problems))
            else:
                rubrics.make_default(obj)
                messages.success(request, _("New cohorts are now offered %(rubric)s first.") % {"rubric": obj})
            return redirect("admin:journals_rubric_change", obj.pk)
        return super().response_change(request, obj)

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        """A rubric may be left half done, but not unnoticed."""
        super().save_related(request, form, formsets, change)
        if {"_continue", "_new_version", "_make_default"} & request.POST.keys():
            return  # the page that follows says it itself
        for problem in rubrics.problems(form.instance):
            messages.warning(request, problem)


class LevelInline(admin.StackedInline):
    """Levels with their points and ranges."""

    model = Level
    form = LevelForm
    formset = LevelFormSet
    fields = [("order", "name"), ("points", "min_points", "max_points"), "description"]

    def get_extra(self, request: HttpRequest, obj=None, **kwargs) -> int:
        """Four for a new criterion."""
        return 0 if obj and obj.levels.exists() else 4

    def has_change_permission(self, request: HttpRequest, obj: Criterion | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_change_permission(request, obj) and not _frozen(obj.rubric if obj else None)

    def has_add_permission(self, request: HttpRequest, obj: Criterion | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_add_permission(request, obj) and not _frozen(obj.rubric if obj else None)

    def has_delete_permission(self, request: HttpRequest, obj: Criterion | None = None) -> bool:
        """A rubric in use only to look at."""
        return super().has_delete_permission(request, obj) and not _frozen(obj.rubric if obj else None)


@admin.register(Criterion)
class CriterionAdmin(admin.ModelAdmin):
    """The levels of one criterion; reached from its rubric."""

    fields = readonly_fields = ("rubric", "code", "name", "weight")
    inlines = [LevelInline]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the index."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Added on the rubric's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Removed on the rubric's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Criterion | None = None) -> bool:
        """Frozen with its rubric."""
        return super().has_change_permission(request, obj) and not _frozen(obj.rubric if obj else None)

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """There is no list of criteria apart from their rubrics."""
        return redirect("admin:journals_rubric_changelist")

    def response_post_save_change(self, request: HttpRequest, obj: Criterion) -> HttpResponseRedirect:
        """Back to the rubric."""
        return redirect("admin:journals_rubric_change", obj.rubric_id)
