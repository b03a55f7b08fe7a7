"""Cohorts: who learns, who teaches, and when."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from berakhlak.zones import Zone
from curriculum.models import Module
from journals.enums import EnrolmentStatus, LatePolicy, ReleasePolicy
from journals.keys import random_key
from journals.models.rubric import Rubric
from journals.querysets import CohortQuerySet, EnrolmentQuerySet, ScheduleQuerySet

# A class has forty; a course that a whole ministry follows has thousands.
MAX_NDH = 30_000
PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


def percent_field(label, default: str | None = None, **options) -> models.DecimalField:
    """A score or a part of one: 0,00 to 100,00."""
    if default is not None:
        options["default"] = Decimal(default)
    return models.DecimalField(label, max_digits=5, decimal_places=2, validators=PERCENT, **options)


def offered(name: str, **condition) -> models.CheckConstraint:
    """A rule that a choice is one of those there are."""
    return models.CheckConstraint(
        condition=Q(**condition), name=name, violation_error_message=_("Please choose one of the offered values.")
    )


class Cohort(models.Model):
    """One run of a programme, with the rules its grades follow."""

    key = models.CharField(max_length=12, unique=True, default=random_key, editable=False)
    name = models.CharField(_("name"), max_length=120, help_text=_("For example “Angkatan IV Tahun 2026”."))
    programme = models.CharField(_("programme"), max_length=160, default="Diklat ASN BerAKHLAK")
    agency = models.CharField(_("organising agency"), max_length=200)
    timezone = models.CharField(
        _("time zone"),
        max_length=20,
        choices=Zone.choices,
        default=Zone.WIB,
        help_text=_("All times that you type for this cohort mean this zone."),
    )
    starts = models.DateField(_("starts"))
    ends = models.DateField(_("ends"))
    # Set by `manage.py retention`: from then on only people, results and the audit trail are left.
    journals_deleted_at = models.DateTimeField(_("journals deleted at"), null=True, blank=True, editable=False)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("rubric"))
    release_policy = models.CharField(
        _("grades become visible"),
        max_length=12,
        choices=ReleasePolicy.choices,
        default=ReleasePolicy.AT_ONCE,
    )
    pass_mark = percent_field(_("pass mark"), "70.01")
    max_returns = models.PositiveSmallIntegerField(
        _("returns at most"), default=2, help_text=_("How often one entry may be sent back.")
    )
    late_policy = models.CharField(_("late entries"), max_length=8, choices=LatePolicy.choices, default=LatePolicy.MARK)
    late_deduction = percent_field(_("deduction per day"), "5", help_text=_("Points for each day begun."))
    late_floor = percent_field(_("deduct no lower than"), "70.01")
    grace_seconds = models.PositiveIntegerField(
        _("grace in seconds"), default=0, help_text=_("How long after the due time still counts as on time.")
    )

    participant_total: int  # set by the admin's queryset, not a column

    history = HistoricalRecords()
    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-starts", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gte=F("starts")),
                name="cohort_ends_after_start",
                violation_error_message=_("The end lies before the start."),
            ),
            offered("cohort_timezone_known", timezone__in=Zone.values),
            offered("cohort_release_policy_known", release_policy__in=ReleasePolicy.values),
            offered("cohort_late_policy_known", late_policy__in=LatePolicy.values),
            models.CheckConstraint(
                condition=Q(
                    pass_mark__gte=0,
                    pass_mark__lte=100,
                    late_deduction__gte=0,
                    late_deduction__lte=100,
                    late_floor__gte=0,
                    late_floor__lte=100,
                ),
                name="cohort_marks_0_100",
                violation_error_message=_("Scores and deductions lie between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(grace_seconds__lte=86400),
                name="cohort_grace_one_day_at_most",
                violation_error_message=_("The grace is one day (86400 seconds) at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The zone in which this cohort's times are typed and shown."""
        return ZoneInfo(self.timezone)


class Group(models.Model):
    """A part of a cohort, usually ten people with one instructor."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="groups", verbose_name=_("cohort"))
    name = models.CharField(_("name"), max_length=60)

    participant_total: int  # set by the admin's queryset, not a column

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["cohort", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "name"],
                name="group_name_once_per_cohort",
                violation_error_message=_("The cohort has a group of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class GradeBand(models.Model):
    """A name for a range of scores. Rows without a cohort are the defaults that new cohorts copy."""

    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bands",
        verbose_name=_("cohort"),
    )
    name = models.CharField(_("name"), max_length=60)
    min_score = percent_field(_("from"))
    max_score = percent_field(_("to"))

    class Meta:
        verbose_name = _("grade band")
        verbose_name_plural = _("grade bands")
        ordering = ["cohort_id", "-min_score"]  # "cohort" would join it, to follow its own order
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "min_score"],
                name="band_once_per_cohort",
                violation_error_message=_("Another grade band begins at this score already."),
            ),
            models.UniqueConstraint(
                fields=["min_score"],
                condition=Q(cohort=None),
                name="band_default_once",
                violation_error_message=_("Another grade band begins at this score already."),
            ),
            models.CheckConstraint(
                condition=Q(min_score__gte=0, max_score__lte=100, min_score__lte=F("max_score")),
                name="band_range",
                violation_error_message=_("“From” may not lie above “to”, and both lie between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Enrolment(models.Model):
    """A person as a participant of a cohort."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="enrolments",
        verbose_name=_("participant"),
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("cohort"))
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("group"))
    ndh = models.PositiveSmallIntegerField(_("attendance-list number (NDH)"))
    status = models.CharField(
        _("status"), max_length=10, choices=EnrolmentStatus.choices, default=EnrolmentStatus.ACTIVE
    )

    history = HistoricalRecords()
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["cohort", "ndh"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "cohort"],
                name="enrolment_once_per_cohort",
                violation_error_message=_("This person is enrolled in the cohort already."),
            ),
            models.UniqueConstraint(
                fields=["cohort", "ndh"],
                name="enrolment_ndh_once_per_cohort",
                violation_error_message=_("This attendance-list number is taken."),
            ),
            models.CheckConstraint(
                condition=Q(ndh__gte=1, ndh__lte=MAX_NDH),
                name="enrolment_ndh_range",
                violation_error_message=_("The attendance-list number lies between 1 and 30,000."),
            ),
            offered("enrolment_status_known", status__in=EnrolmentStatus.values),
        ]

    def __str__(self) -> str:
        return f"{self.ndh}. {self.user}"

    def clean(self) -> None:
        """The group must be one of the cohort's."""
        super().clean()
        if self.group_id and self.cohort_id and self.group.cohort_id != self.cohort_id:
            raise ValidationError({"group": _("This group belongs to another cohort.")})


class Teaching(models.Model):
    """What an instructor covers: a cohort, or one group of it, or some modules."""

    instructor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="teachings",
        verbose_name=_("instructor"),
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="teachings", verbose_name=_("cohort"))
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="teachings",
        verbose_name=_("group"),
        help_text=_("Empty: all groups."),
    )
    modules = models.ManyToManyField(
        Module,
        blank=True,
        related_name="+",
        verbose_name=_("modules"),
        help_text=_("None chosen: all modules."),
    )
    is_lead = models.BooleanField(
        _("leads the instructors"),
        default=False,
        help_text=_("May release grades, reopen reviews and grant extensions."),
    )

    history = HistoricalRecords(m2m_fields=[modules])

    class Meta:
        verbose_name = _("teaching")
        verbose_name_plural = _("teachings")
        ordering = ["cohort", "group__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instructor", "cohort", "group"],
                name="teaching_once_per_group",
                violation_error_message=_("This instructor covers the group already."),
            ),
            models.UniqueConstraint(
                fields=["instructor", "cohort"],
                condition=Q(group=None),
                name="teaching_whole_cohort_once",
                violation_error_message=_("This instructor covers the whole cohort already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instructor} · {self.cohort}"

    def clean(self) -> None:
        """The group must be one of the cohort's."""
        super().clean()
        if self.cohort_id and self.group and self.group.cohort_id != self.cohort_id:
            raise ValidationError({"group": _("This group belongs to another cohort.")})


class Schedule(models.Model):
    """When a cohort writes about a module, and what the module counts in the result."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="schedules", verbose_name=_("cohort"))
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="schedules", verbose_name=_("module"))
    opens = models.DateTimeField(_("opens"))
    due = models.DateTimeField(_("due"))
    closes = models.DateTimeField(_("closes"))
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, default=Decimal(1))

    history = HistoricalRecords()
    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["cohort", "module__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "module"],
                name="schedule_once_per_module",
                violation_error_message=_("The cohort has a schedule for this module already."),
            ),
            models.CheckConstraint(
                condition=Q(due__gt=F("opens"), closes__gte=F("due")),
                name="schedule_opens_due_closes",
                violation_error_message=_("The order must be: opens, due, closes."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100),
                name="schedule_weight_positive",
                violation_error_message=_("The weight lies above 0 and is 100 at most."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.module}"
