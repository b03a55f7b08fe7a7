"""The curriculum: modules, values, topics and the parts of an answer.

Every row carries the code it has in the catalogue file and a digest of what was loaded from there,
so that the loader can tell a row nobody touched from one that an admin edited.
"""

import secrets
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import HistoricalRecords

from curriculum.prose import PROSE, clean_prose

if TYPE_CHECKING:
    from curriculum.reading import Part

CODE_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
MATERIAL_MAX_BYTES = 20 * 1024 * 1024
MATERIAL_TYPES = ["pdf", "docx", "pptx", "xlsx"]


class CatalogueItem(models.Model):
    """What every row of the curriculum has."""

    code = models.SlugField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Stable name in the catalogue file; never change it after use."),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick to retire: it leaves the pages, used data stays.")
    )
    # Digest of the fields as the loader last wrote them; empty for rows made in the admin.
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    # The field that points to the row this one is a part of; empty for rows that stand alone.
    parent_field = ""
    # A column of every kind that has a parent_field; each kind declares its own.
    order: Any

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Rows added in the admin get what the catalogue file would have given: a code and a place.

        Costs a query more where the place is missing.
        """
        added = set()
        if not self.code:
            self.code = new_code(self)
            added.add("code")
        if self.parent_field and self.order is None:
            parent = {self.parent_field: getattr(self, self.parent_field)}
            siblings = type(self)._default_manager.filter(**parent)
            self.order = (siblings.aggregate(last=Max("order"))["last"] or 0) + 1
            added.add("order")
        if added and kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *added}
        super().save(*args, **kwargs)


def new_code(item: CatalogueItem) -> str:
    """An unused code for a row made in the admin: its parent's code (or its kind) and six random signs."""
    parent = getattr(item, item.parent_field, None) if item.parent_field else None
    stem = parent.code if parent else type(item).__name__.lower()
    return f"{stem[:70]}-{''.join(secrets.choice(CODE_LETTERS) for _ in range(6))}"


class ItemQuerySet(models.QuerySet):
    """Reading helpers shared by all catalogue items."""

    def active(self):
        """Rows that are not retired."""
        return self.filter(active=True)


class Value(CatalogueItem):
    """One of the seven core values (SE Menteri PANRB 20/2021; UU 20/2023 pasal 3)."""

    order = models.PositiveSmallIntegerField(
        _("order"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    letters = models.CharField(_("letters"), max_length=3, help_text=_("Its part of the word BerAKHLAK."))
    name = models.CharField(_("name"), max_length=80)
    definition = models.TextField(_("definition"))
    definition_law = models.TextField(
        _("definition in the law"), blank=True, help_text=_("UU 20/2023 article 4, only where it differs.")
    )
    affirmation = models.TextField(_("affirmation"), help_text=_("Spoken sentence that starts with “Kami”."))

    # Set by curriculum.reading, not columns.
    shown_behaviours: "list[Part]"
    shown_keywords: "list[Part]"
    differs_in_law: bool

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("value")
        verbose_name_plural = _("values")
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__gte=1, order__lte=99),
                name="value_order_1_to_99",
                violation_error_message=_("The place lies between 1 and 99."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="value_name_not_empty", violation_error_message=_("Please give a name.")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The public page of the value."""
        return reverse("value", args=[self.code])


class Behaviour(CatalogueItem):
    """A behaviour that shows the value (panduan perilaku)."""

    parent_field = "value"
    value = models.ForeignKey(Value, on_delete=models.PROTECT, related_name="behaviours", verbose_name=_("value"))
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    text = models.TextField(_("text"))
    text_law = models.TextField(
        _("text in the law"), blank=True, help_text=_("UU 20/2023 article 4, only where it differs.")
    )

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("behaviour")
        verbose_name_plural = _("behaviours")
        ordering = ["value", "order", "pk"]

    def __str__(self) -> str:
        return self.text


class Keyword(CatalogueItem):
    """A keyword of a value (kata kunci)."""

    parent_field = "value"
    value = models.ForeignKey(Value, on_delete=models.PROTECT, related_name="keywords", verbose_name=_("value"))
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    text = models.CharField(_("text"), max_length=80)

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["value", "order", "pk"]

    def __str__(self) -> str:
        return self.text


class Module(CatalogueItem):
    """A training module; participants write one entry for each."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = ProseEditorField(_("summary"), extensions=PROSE, sanitize=clean_prose, blank=True)
    values = models.ManyToManyField(Value, blank=True, related_name="modules", verbose_name=_("values"))
    published = models.BooleanField(
        _("published"), default=True, help_text=_("Only published modules are shown on the pages.")
    )

    history = HistoricalRecords(m2m_fields=[values])
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=99),
                name="module_number_1_to_99",
                violation_error_message=_("The number lies between 1 and 99."),
            ),
            models.CheckConstraint(
                condition=~Q(title=""), name="module_title_not_empty", violation_error_message=_("Please give a title.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        """The public page of the module."""
        return reverse("module", args=[self.slug])

    @property
    def is_open(self) -> bool:
        """True when everybody may see its page, as in `reading.open_modules`."""
        return self.active and self.published


class Objective(CatalogueItem):
    """What a participant can do after the module."""

    parent_field = "module"
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="objectives", verbose_name=_("module"))
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    text = models.TextField(_("text"))

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["module", "order", "pk"]

    def __str__(self) -> str:
        return self.text


class Topic(CatalogueItem):
    """A piece of teaching text, in a module or on its own."""

    parent_field = "module"
    module = models.ForeignKey(
        Module,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
        verbose_name=_("module"),
    )
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    heading = models.CharField(_("heading"), max_length=160)
    body = ProseEditorField(_("text"), extensions=PROSE, sanitize=clean_prose, blank=True)

    shown_points: "list[Part]"  # set by curriculum.reading, not a column

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["module__number", "order", "pk"]

    def __str__(self) -> str:
        return self.heading


class Point(CatalogueItem):
    """A term with its description inside a topic."""

    parent_field = "topic"
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="points", verbose_name=_("topic"))
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    term = models.CharField(_("term"), max_length=160)
    description = models.TextField(_("description"), blank=True)

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = _("points")
        ordering = ["topic", "order", "pk"]

    def __str__(self) -> str:
        return self.term


class Prompt(CatalogueItem):
    """One part of an answer, with the limits on its length in words."""

    parent_field = "module"
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="prompts", verbose_name=_("module"))
    # The same three keys in every module: ringkasan, refleksi, penerapan. Answers are stored under the key.
    key = models.SlugField(
        _("part"), max_length=40, help_text=_("Answers are kept under this name; never change it after use.")
    )
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    title = models.CharField(_("title"), max_length=120)
    help = ProseEditorField(_("instruction"), extensions=PROSE, sanitize=clean_prose, blank=True)
    min_words = models.PositiveIntegerField(_("fewest words"), default=0)
    max_words = models.PositiveIntegerField(_("most words"))

    shown_questions: "list[Part]"  # set by curriculum.reading, not a column

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer part")
        verbose_name_plural = _("answer parts")
        ordering = ["module", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "key"],
                name="prompt_once_per_module",
                violation_error_message=_("The module has an answer part with this name already."),
            ),
            models.CheckConstraint(
                condition=Q(max_words__gte=F("min_words"), max_words__lte=5000),
                name="prompt_word_limits",
                violation_error_message=_("The most words may not be below the fewest."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_last_of_published(self) -> bool:
        """True for the only active part of a published module: without it people would have nothing to write."""
        if not (self.pk and self.module.published and self.module.active):
            return False
        return not Prompt.objects.active().filter(module=self.module).exclude(pk=self.pk).exists()


class GuidingQuestion(CatalogueItem):
    """A question that guides the answer to a part (pertanyaan pemantik)."""

    parent_field = "prompt"
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, related_name="questions", verbose_name=_("answer part")
    )
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    text = models.TextField(_("text"))

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("guiding question")
        verbose_name_plural = _("guiding questions")
        ordering = ["prompt", "order", "pk"]

    def __str__(self) -> str:
        return self.text


def validate_size(file) -> None:
    """Refuse files that people on mobile data would wait for too long (over 20 MB)."""
    if file.size > MATERIAL_MAX_BYTES:
        raise ValidationError(_("This file is larger than 20 MB."), code="too_large")


class Material(CatalogueItem):
    """A file or a link to read for the module."""

    parent_field = "module"
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="materials", verbose_name=_("module"))
    order = models.PositiveSmallIntegerField(_("order"), help_text=_("Left empty: at the end."))
    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(
        _("file"),
        upload_to="materials/",
        blank=True,
        validators=[FileExtensionValidator(MATERIAL_TYPES), validate_size],
        help_text=_("PDF, DOCX, PPTX or XLSX, at most 20 MB."),
    )
    url = models.URLField(
        _("link"),
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text=_("Instead of a file: an address that starts with https://"),
    )

    history = HistoricalRecords()
    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["module", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="") & ~Q(url="") | ~Q(file="") & Q(url=""),
                name="material_file_or_link",
                violation_error_message=_("Give either a file or a link."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
