"""Editing the curriculum in Django's admin.

Items are retired, never deleted: entries of participants point at them. Codes stay as they were made.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from js_asset import Media

from berakhlak.history import RestoringAdmin
from curriculum.forms import ItemForm, ModuleForm, PromptForm, PromptFormSet, needs_part
from curriculum.models import (
    Behaviour,
    CatalogueItem,
    GuidingQuestion,
    Keyword,
    Material,
    Module,
    Objective,
    Point,
    Prompt,
    Topic,
    Value,
)

# Other apps say here who relies on items that leave the pages: a function from items to sentences.
reliances: list[Callable[[list[CatalogueItem]], list[str]]] = []


def with_nonce(request: HttpRequest, media: Any) -> Any:
    """The media with the nonce on its inline import map, without which our policy stops the editor."""
    return Media.from_media(media, nonce=str(request.csp_nonce))  # type: ignore[attr-defined]  # set by django-csp


@admin.action(description=_("Retire the chosen items"), permissions=["change"])
def retire(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet) -> None:
    """Take items from the pages; saved one by one, so that each has its history."""
    _set_active(model_admin, request, chosen, False)


@admin.action(description=_("Bring the chosen items back"), permissions=["change"])
def bring_back(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet) -> None:
    """Show retired items again."""
    _set_active(model_admin, request, chosen, True)


def _set_active(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet, active: bool) -> None:
    changed = []
    for item in chosen.exclude(active=active):
        if isinstance(item, Prompt) and not active and item.is_last_of_published():
            messages.error(request, f"{item.module}: {needs_part()}")
            continue
        changed.append(item)
        item.active = active
        item._history_user = request.user
        item.save(update_fields=["active"])
        model_admin.log_change(request, item, [{"changed": {"fields": ["active"]}}])
    count = len(changed)
    model_admin.message_user(
        request,
        ngettext("%(count)s item changed.", "%(count)s items changed.", count) % {"count": count},
        messages.SUCCESS,
    )
    if not active:
        warn_of_reliances(request, changed)


def warn_of_reliances(request: HttpRequest, gone: list[CatalogueItem]) -> None:
    """Say who still uses what has just left the pages."""
    for sentence in [sentence for about in reliances for sentence in about(gone)]:
        messages.warning(request, sentence)


# Django 6 will take https for addresses without a scheme; so do we, now.
LINKS: dict[type[models.Field], dict[str, str]] = {models.URLField: {"assume_scheme": "https"}}


class ItemInline(admin.TabularInline):
    """Parts of an item, in their order. Each row's own page has its history."""

    extra = 0
    form = ItemForm
    can_delete = False
    show_change_link = True
    ordering = ("order", "pk")
    formfield_overrides = LINKS


class BehaviourInline(admin.StackedInline):
    """Behaviours need room for two wordings."""

    model = Behaviour
    extra = 0
    form = ItemForm
    can_delete = False
    show_change_link = True
    fields = ("order", "text", "text_law", "active")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Two lines are enough for a behaviour."""
        if db_field.name in ("text", "text_law"):
            kwargs["widget"] = forms.Textarea({"rows": 2, "cols": 80})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class KeywordInline(ItemInline):
    """Keywords of a value."""

    model = Keyword
    fields = ("order", "text", "active")


class ShortTextInline(ItemInline):
    """Parts whose text is a sentence or two."""

    fields: ClassVar[tuple[str, ...]] = ("order", "text", "active")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Two lines are enough for them."""
        if db_field.name in ("text", "description"):
            kwargs["widget"] = forms.Textarea({"rows": 2, "cols": 60})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ObjectiveInline(ShortTextInline):
    """Objectives of a module."""

    model = Objective


class TopicInline(ItemInline):
    """Topics of a module; their text and points are on their own page."""

    model = Topic
    fields = ("order", "heading", "active")


class PromptInline(ItemInline):
    """Answer parts of a module; instruction and questions are on their own page."""

    model = Prompt
    formset = PromptFormSet
    fields = ("order", "key", "title", "min_words", "max_words", "active")


class MaterialInline(admin.StackedInline):
    """Files and links of a module: too many boxes for a row. Nothing points at them, so they may be deleted."""

    model = Material
    extra = 0
    form = ItemForm
    show_change_link = True
    ordering = ("order", "pk")
    formfield_overrides = LINKS
    fields = ("title", "file", "url", "order", "active")


class PointInline(ShortTextInline):
    """Points of a topic."""

    model = Point
    fields = ("order", "term", "description", "active")


class QuestionInline(ShortTextInline):
    """Guiding questions of an answer part."""

    model = GuidingQuestion


class ItemAdmin(RestoringAdmin):
    """What all items share: our policy's nonce, fixed codes, retiring, versions to compare and restore."""

    form = ItemForm
    actions = (retire, bring_back)
    save_on_top = True
    fixed: tuple[str, ...] = ("code",)  # read-only once the row exists
    # Not `prepopulated_fields`: simple_history would ask for them where the code is read-only.
    suggested: dict[str, tuple[str, ...]] = {}
    formfield_overrides = LINKS

    class Media:
        js = (forms.Script("js/admin-editor.js", type="module"),)

    def render_change_form(self, request, context, *args, **kwargs):
        """Django's page, with the nonce for the editor's import map."""
        context["media"] = with_nonce(request, context["media"])
        return super().render_change_form(request, context, *args, **kwargs)

    def render_history_view(self, request, template, context, **kwargs) -> HttpResponse:
        """The pages of versions; the one with a form has the editor too."""
        if "media" in context:
            context["media"] = with_nonce(request, context["media"])
        return super().render_history_view(request, template, context, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """Codes and keys are names that other data uses."""
        return (*self.readonly_fields, *(self.fixed if obj else ()))

    def get_prepopulated_fields(self, request, obj=None):
        """Suggest codes only for new rows."""
        return {} if obj else self.suggested

    def get_inlines(self, request, obj):
        """Parts come after their item: a new one must have its code first."""
        return self.inlines if obj else ()

    def has_delete_permission(self, request, obj=None) -> bool:
        """Retire instead."""
        return False

    def save_model(self, request, obj: CatalogueItem, form, change) -> None:
        """Restoring an old version must not restore what the loader knows, or it would undo the restoring."""
        if change:
            # A deleted row that comes back knows nothing: the loader treats it as made here.
            known = type(obj)._default_manager.filter(pk=obj.pk).values_list("loaded_digest", flat=True)
            obj.loaded_digest = known.first() or ""
        super().save_model(request, obj, form, change)
        if {"active", "published"} & set(form.changed_data) and not (obj.active and getattr(obj, "published", True)):
            warn_of_reliances(request, [obj])

    def save_formset(self, request, form, formset, change) -> None:
        """Name the person in the history of the parts too."""
        for part in formset.save(commit=False):
            part._history_user = request.user
            part.save()
        for gone in formset.deleted_objects:
            gone._history_user = request.user
            gone.delete()
        formset.save_m2m()

    def view_on_site(self, obj: CatalogueItem) -> str:
        """The public page it stands on; staff see unpublished ones as a preview."""
        return page_of(obj)


def page_of(item: Any) -> str:
    """Address of the public page an item is on."""
    while item is not None and not hasattr(item, "get_absolute_url"):
        item = getattr(item, item.parent_field)
    return item.get_absolute_url() if item is not None else reverse("landing")


@admin.register(Value)
class ValueAdmin(ItemAdmin):
    """The core values with behaviours and keywords."""

    list_display = ("order", "letters", "name", "active")
    list_display_links = ("name",)
    list_filter = ("active",)
    search_fields = ("name", "definition", "affirmation", "keywords__text", "behaviours__text")
    suggested = {"code": ("name",)}
    inlines = (BehaviourInline, KeywordInline)
    fields = ("order", "letters", "name", "code", "definition", "definition_law", "affirmation", "active")


@admin.register(Module)
class ModuleAdmin(ItemAdmin):
    """The modules with everything that hangs on them."""

    form = ModuleForm
    list_display = ("number", "title", "published", "active", "page")
    list_display_links = ("title",)
    list_filter = ("published", "active", "values")
    search_fields = ("title", "summary", "topics__heading", "objectives__text")
    suggested = {"code": ("title",), "slug": ("title",)}
    inlines = (ObjectiveInline, TopicInline, PromptInline, MaterialInline)
    fields = ("number", "title", "slug", "code", "summary", "values", "published", "active")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new module has no answer parts yet, so nobody should meet it."""
        return {"published": False, **super().get_changeform_initial_data(request)}

    @admin.display(description=_("Page"))
    def page(self, obj: Module) -> str:
        """A link to the public page, or to its preview."""
        return format_html('<a href="{}">{}</a>', obj.get_absolute_url(), _("Open"))

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Seven boxes to tick beat a list in which one must hold Ctrl."""
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Topic)
class TopicAdmin(ItemAdmin):
    """Teaching texts with their points."""

    list_display = ("heading", "module", "order", "active")
    list_filter = ("module", "active")
    list_select_related = ("module",)
    search_fields = ("heading", "body", "points__term", "points__description")
    suggested = {"code": ("heading",)}
    inlines = (PointInline,)
    fields = ("module", "order", "heading", "code", "body", "active")


@admin.register(Prompt)
class PromptAdmin(ItemAdmin):
    """Answer parts with their guiding questions."""

    list_display = ("title", "module", "min_words", "max_words", "active")
    list_filter = ("module", "key", "active")
    list_select_related = ("module",)
    search_fields = ("title", "help", "questions__text")
    form = PromptForm
    inlines = (QuestionInline,)
    fixed = ("code", "key", "module")
    fields = ("module", "order", "key", "title", "code", "help", "min_words", "max_words", "active")


class PartAdmin(ItemAdmin):
    """Items edited inside another: their own page, with its history, is reached from there."""

    list_display = ("__str__", "active")
    fixed = ("code",)

    def get_fields(self, request, obj=None):
        """Where it belongs, what it says, and last what the machine needs."""
        names = [field.name for field in self.model._meta.fields if field.editable and not field.primary_key]
        first = [self.model.parent_field, "order"]
        return [*first, *(name for name in names if name not in {*first, "code", "active"}), "code", "active"]

    def response_post_save_change(self, request, obj) -> HttpResponseRedirect:
        """Back to where it belongs."""
        above = getattr(obj, obj.parent_field)
        return redirect(f"admin:curriculum_{above._meta.model_name}_change", above.pk)

    def has_module_permission(self, request) -> bool:
        """Not on the first page."""
        return False

    def has_add_permission(self, request) -> bool:
        """Added where they belong."""
        return False


class MaterialAdmin(PartAdmin):
    """Materials may go."""

    def has_delete_permission(self, request, obj=None) -> bool:
        """Whoever has the right; nothing points at a material."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


for _part in (Behaviour, Keyword, Objective, Point, GuidingQuestion):
    admin.site.register(_part, PartAdmin)
admin.site.register(Material, MaterialAdmin)
