"""What the writing page and the preview show of a draft: its parts, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from curriculum.models import GuidingQuestion, Prompt
from journals import content
from journals.access import Desk
from journals.models import Evidence, Response


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


def text_of(title: str, parts: list[Part], evidence: Mapping[str, list[tuple[int, Evidence]]]) -> dict[str, Any]:
    """The draft as `content.freeze` would hand it to the review page, for a preview that shows just that.

    ``evidence`` by prompt key, as `services.evidence.by_part` gives it.
    """
    return {
        "title": title,
        "answers": [
            {
                "key": part.prompt.key,
                "title": part.prompt.title,
                "questions": [question.text for question in part.questions],
                "html": part.html,
                "words": part.words,
                "evidence": content.shown(evidence.get(part.prompt.key, ())),
            }
            for part in parts
        ],
    }


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
