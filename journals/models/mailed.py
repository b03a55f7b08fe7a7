"""What is also told by e-mail, see journals.letters."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mailed(models.Model):
    """When it went, or may be tried (again), and how often it was."""

    mail_try_at = models.DateTimeField(_("next try"), null=True, editable=False)
    mail_attempts = models.PositiveSmallIntegerField(_("tries"), default=0, editable=False)
    mailed_at = models.DateTimeField(_("e-mail sent at"), null=True, editable=False)

    class Meta:
        abstract = True
