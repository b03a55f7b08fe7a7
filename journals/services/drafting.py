"""What the writing page and the preview show of a draft: its parts, and what is still missing."""

from dataclasses import dataclass

from django.db.models import Prefetch

from curriculum.models import GuidingQuestion, Prompt
from journals.access import Desk
from journals.models import Response


@dataclass(frozen=True)
class Part:
    """One part of the answer: the prompt, and what is saved for it (empty before the first save)."""

    prompt: Prompt
    html: str = ""
    words: int = 0

    @property
    def questions(self) -> list[GuidingQuestion]:
        """The prompt's guiding questions that are not retired, as `parts_of` loaded them."""
        return list(self.prompt.questions.all())

    @property
    def missing(self) -> int:
        """Words still needed."""
        return max(self.prompt.min_words - self.words, 0)

    @property
    def excess(self) -> int:
        """Words over the limit."""
        return max(self.words - self.prompt.max_words, 0)

    @property
    def fits(self) -> bool:
        """True within the limits."""
        return not (self.missing or self.excess)


def parts_of(desk: Desk) -> list[Part]:
    """The entry's own parts, or before the first save those the module has now; two queries."""
    questions = GuidingQuestion.objects.active().order_by("order", "pk")  # their own order joins prompt and module
    if desk.entry is None:
        prompts = (
            Prompt.objects.active()
            .filter(module=desk.module)
            .prefetch_related(Prefetch("questions", questions))
            .order_by("order")
        )
        return [Part(prompt) for prompt in prompts]
    responses = (
        Response.objects.filter(entry=desk.entry)
        .select_related("prompt")
        .prefetch_related(Prefetch("prompt__questions", questions))
        .order_by("prompt__order")
    )
    return [Part(response.prompt, response.body, response.words) for response in responses]
