"""How rows are read: who sees what is decided here, once. Imports no models, so managers can use it."""

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from journals.enums import EDITABLE_STATES, Decision, EnrolmentStatus, EntryState, ReviewState


class CohortQuerySet(models.QuerySet):
    """Cohorts."""

    def visible_to(self, user):
        """Cohorts somebody may open as an instructor or as an organiser."""
        if may_see_all_cohorts(user):
            return self
        teachings = self.model._meta.apps.get_model("journals", "Teaching").objects
        return self.filter(Exists(teachings.filter(cohort=OuterRef("pk"), instructor=user)))


class EnrolmentQuerySet(models.QuerySet):
    """Enrolments."""

    def active(self):
        """Participants who still take part."""
        return self.filter(status=EnrolmentStatus.ACTIVE)

    def of(self, user):
        """Somebody's own enrolments, whatever their status: what was written stays readable."""
        return self.filter(user=user)


class ScheduleQuerySet(models.QuerySet):
    """Schedules."""

    def in_use(self):
        """Schedules of published modules, and of hidden ones that somebody of the cohort has written about: what was
        written, and what counts in the result, does not vanish with a click in the admin."""
        entries = self.model._meta.apps.get_model("journals", "Entry").objects
        begun = entries.filter(enrolment__cohort=OuterRef("cohort"), module=OuterRef("module"))
        return self.filter(Q(module__published=True) | Exists(begun))


class EntryQuerySet(models.QuerySet):
    """Entries."""

    def with_strays(self):
        """With `has_strays`: whether a text beside the draft waits for its author's choice."""
        strays = self.model._meta.apps.get_model("journals", "StrayDraft").objects
        return self.annotate(has_strays=Exists(strays.filter(entry=OuterRef("pk"), settled_at=None)))

    def with_handed_in(self):
        """With `handed_in`: whether there is any submission, withdrawn ones included."""
        rows = self.model._meta.apps.get_model("journals", "Submission").objects
        return self.annotate(handed_in=Exists(rows.filter(entry=OuterRef("pk"))))

    def with_attached(self):
        """With `attached`: how many files are on the draft."""
        rows = self.model._meta.apps.get_model("journals", "Attachment").objects
        each = rows.filter(entry=OuterRef("pk"), removed_at=None).order_by().values("entry")
        return self.annotate(attached=Coalesce(Subquery(each.annotate(number=Count("pk")).values("number")), 0))

    def with_marked(self):
        """With `marked`: how many passages of the draft are marked as evidence."""
        rows = self.model._meta.apps.get_model("journals", "Evidence").objects
        each = rows.filter(response__entry=OuterRef("pk")).order_by().values("response__entry")
        return self.annotate(marked=Coalesce(Subquery(each.annotate(number=Count("pk")).values("number")), 0))

    def with_last_read(self, user):
        """With `last_read`: the day on which this reader was last recorded (`workflow.note_reading`), or None."""
        rows = self.model._meta.apps.get_model("journals", "Reading").objects
        mine = rows.filter(entry=OuterRef("pk"), reader=user).order_by("-day").values("day")
        return self.annotate(last_read=Subquery(mine[:1]))

    def waiting(self):
        """Submitted and not yet decided, in the order in which they should be read."""
        return self.filter(state=EntryState.SUBMITTED).order_by("due_at", "id")

    def unclaimed(self, *, user, now):
        """Entries that nobody else holds at the moment."""
        return self.exclude(Q(claim__expires_at__gt=now) & ~Q(claim__reviewer=user))

    def with_people(self):
        """Everything a list shows about whose entry it is and who holds it."""
        return self.select_related(
            "enrolment__user", "enrolment__group", "enrolment__cohort", "module", "claim__reviewer", "assignee"
        )


class ReviewQuerySet(models.QuerySet):
    """Reviews."""

    def in_force(self):
        """Grades that count: final, and not reopened since."""
        return self.filter(state=ReviewState.FINAL, decision=Decision.GRADED, supersession=None)

    def finished(self):
        """Decided, whatever became of the decision."""
        return self.filter(state=ReviewState.FINAL)

    def with_band(self, cohort: int):
        """With `band`, the name of the band of the cohort that the score falls into, by the rule of
        `grading.band_for`; None without one."""
        bands = self.model._meta.apps.get_model("journals", "GradeBand").objects
        reached = bands.filter(cohort=cohort, min_score__lte=OuterRef("score")).order_by("-min_score")
        return self.annotate(band=Subquery(reached.values("name")[:1]))

    def released(self):
        """Reviews with a grade that participants see by now."""
        return self.filter(decision=Decision.GRADED, release__visible_from__lte=timezone.now())

    def visible_to_author(self):
        """What authors may see: every return, and grades once they are released."""
        released = Q(decision=Decision.GRADED, release__visible_from__lte=timezone.now())
        return self.filter(Q(decision=Decision.RETURNED) | released, state=ReviewState.FINAL)


class SubmissionQuerySet(models.QuerySet):
    """Submissions."""

    def standing(self):
        """Submissions that were not withdrawn."""
        return self.filter(withdrawn_at=None)


class RemarkQuerySet(models.QuerySet):
    """Messages of the thread under an entry."""

    def visible_to(self, user, entry):
        """What somebody may read of it: the participant nothing that is held back until the grade is visible."""
        found = self.filter(entry=entry)
        if entry.enrolment.user_id != user.pk:
            return found
        reviews = self.model._meta.apps.get_model("journals", "Review").objects
        known = reviews.in_force().released().filter(submission__entry=entry)
        return found.filter(Q(shown_at__isnull=False) | Exists(known))


class NoticeQuerySet(models.QuerySet):
    """Notices."""

    def unread(self, user):
        """What somebody should know by now and has not read; a notice may be written ahead of its time."""
        return self.filter(recipient=user, read_at=None, created_at__lte=timezone.now())


class PhraseQuerySet(models.QuerySet):
    """Phrases."""

    def visible_to(self, user):
        """One's own, and those shared with a cohort that one teaches now."""
        teachings = self.model._meta.apps.get_model("journals", "Teaching").objects
        return self.filter(Q(owner=user) | Exists(teachings.filter(cohort=OuterRef("cohort"), instructor=user)))

    def with_lead(self, user):
        """With `is_led`: whether somebody leads the instructors of the cohort that shares the phrase."""
        teachings = self.model._meta.apps.get_model("journals", "Teaching").objects
        return self.annotate(is_led=Exists(teachings.filter(cohort=OuterRef("cohort"), instructor=user, is_lead=True)))


class ReminderQuerySet(models.QuerySet):
    """Reminders."""

    def standing(self, now):
        """Reminders that are still true: the newest of a module, before the due time in force, nothing handed in."""
        model = self.model._meta.apps.get_model
        of_module = {"enrolment": OuterRef("enrolment"), "module": OuterRef("module")}
        extended = model("journals", "Extension").objects.filter(**of_module).order_by("-id").values("due")[:1]
        scheduled = (
            model("journals", "Schedule")
            .objects.in_use()
            .filter(cohort=OuterRef("enrolment__cohort"), module=OuterRef("module"), opens__lte=now)
        )
        entries = model("journals", "Entry").objects.filter(**of_module).exclude(state__in=EDITABLE_STATES)
        return self.filter(
            ~Exists(entries),
            ~Exists(type(self)(self.model).filter(**of_module, id__gt=OuterRef("pk"))),
            Exists(scheduled),
            enrolment__status=EnrolmentStatus.ACTIVE,
            due_at__gt=now,
            due_at=Coalesce(Subquery(extended), Subquery(scheduled.values("due")[:1])),
        )

    def to_mail(self, now):
        """Standing reminders whose e-mail was not sent yet, of people who want it."""
        return self.standing(now).filter(
            sent_at=None,
            enrolment__user__email__isnull=False,
            enrolment__user__email_reminders=True,
            enrolment__user__is_active=True,
        )


def may_see_all_cohorts(user) -> bool:
    """Organisers work on every cohort; the right comes with the staff group."""
    return user.is_staff and user.has_perm("journals.view_cohort")
