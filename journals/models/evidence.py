"""Passages that show one of the behaviours."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Behaviour
from journals import anchors
from journals.models.entry import Response


class Evidence(models.Model):
    """That a passage of a draft shows a behaviour; a submission copies it. It belongs to an answer and not merely to
    entry and part, so that there is none for a part that the entry does not have."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("answer"))
    behaviour = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="+", verbose_name=_("behaviour"))
    # Its words and what stood around them, for when `Response.places` has lost it: see journals.anchors.
    quote = models.TextField(_("passage"))
    prefix = models.CharField(max_length=32, blank=True)
    suffix = models.CharField(max_length=32, blank=True)
    lone = models.BooleanField()
    created_at = models.DateTimeField(_("marked at"))

    class Meta:
        verbose_name = _("evidence of behaviour")
        verbose_name_plural = _("evidence of behaviour")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(quote=""), name="evidence_has_quote")]

    def __str__(self) -> str:
        return f"{self.behaviour_id}: {self.quote[:60]}"

    def start_in(self, text: str) -> int | None:
        """Where the passage stands now; ``text`` is that of its answer as it is read. None: it needs a new place."""
        start, end = self.response.places.get(str(self.pk), (0, 0))
        return start if end and text[start:end] == self.quote else anchors.find(text, self.anchor)

    @property
    def anchor(self) -> anchors.Anchor:
        """The passage's words and what stood around them."""
        return anchors.Anchor(self.quote, self.prefix, self.suffix, self.lone)

    @anchor.setter
    def anchor(self, value: anchors.Anchor) -> None:
        self.quote, self.prefix, self.suffix, self.lone = value.quote, value.prefix, value.suffix, value.lone
