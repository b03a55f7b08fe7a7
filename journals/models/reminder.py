"""What somebody is reminded of: a module that is due soon and not handed in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Module
from journals.enums import ReminderOffset
from journals.models.cohort import Enrolment, offered
from journals.querysets import ReminderQuerySet


class Reminder(models.Model):
    """One reminder: a notice on the dashboard and, for those who want it, a line in an e-mail.

    Not a `Notice`, which is about an entry: most people who are reminded have not begun one. The key is the due
    time itself, so a repeated run reminds nobody twice, and a due time that moved may be reminded of anew.
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("participant")
    )
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    due_at = models.DateTimeField(_("due"))
    offset = models.CharField(_("reminder"), max_length=2, choices=ReminderOffset.choices)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    # The e-mail: when it may be tried (again), how often it was, and the run that handed it to the worker.
    try_at = models.DateTimeField(_("next try"))
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    run = models.CharField(max_length=12, blank=True, editable=False)
    sent_at = models.DateTimeField(_("e-mail sent at"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None), name="reminder_unsent"),
            models.Index(fields=["enrolment", "module", "-id"], name="reminder_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module", "due_at", "offset"], name="reminder_once"),
            offered("reminder_offset_known", offset__in=ReminderOffset.values),
            models.CheckConstraint(condition=Q(created_at__lt=models.F("due_at")), name="reminder_before_due"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.module} · {self.offset}"
