"""Lists of people that an organiser uploaded, and what came of each row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.enums import RosterOutcome, RosterState
from journals.keys import random_key
from journals.models.cohort import Cohort, Enrolment, Group


class Roster(models.Model):
    """One uploaded list. Its cells are kept until it is decided on, and no longer: they are personal data."""

    key = models.CharField(max_length=12, unique=True, default=random_key, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="rosters", verbose_name=_("cohort"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded at"))
    file_name = models.CharField(_("file"), max_length=120)
    state = models.CharField(max_length=8, choices=RosterState.choices, default=RosterState.OPEN)
    cells = models.TextField(blank=True)  # JSON rows of JSON values; empty once decided
    layout = models.TextField(blank=True)  # JSON: first row of people, headings, and which column is which field
    # Whether people who take part in another running cohort are moved here; otherwise their rows are problems.
    moves = models.BooleanField(_("move people from other cohorts"), default=False)
    done_at = models.DateTimeField(_("added at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    groups = models.ManyToManyField(Group, related_name="+")  # those that it made

    class Meta:
        verbose_name = _("list of participants")
        verbose_name_plural = _("lists of participants")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RosterState.OPEN, done_at=None, undone_at=None)
                | Q(state=RosterState.DONE, done_at__isnull=False, undone_at=None, cells="")
                | Q(state=RosterState.UNDONE, done_at__isnull=False, undone_at__isnull=False, cells=""),
                name="roster_state_with_times",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class RosterRow(models.Model):
    """What a list did to one person: all that is needed to undo it."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=RosterOutcome.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.SET_NULL, null=True, related_name="+")  # what it made
    before = models.TextField(blank=True)  # JSON: the account's values that it replaced
    moved = models.TextField(blank=True)  # JSON: the enrolment left for this one, and the drafts with their due times

    class Meta:
        ordering = ["roster", "number"]
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="roster_row_once")]

    def __str__(self) -> str:
        return f"{self.roster} #{self.number}"
