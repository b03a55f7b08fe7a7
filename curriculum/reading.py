"""Reads for the pages: few queries, whatever the number of rows.

All parts of a module (objectives, topics, points, prompts, questions and so on) come in one UNION: a page
of a signed-in participant has twelve queries to spend, and the parts alone would take eight.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import CharField, F, IntegerField, QuerySet
from django.db.models import Value as Constant

from curriculum.models import (
    Behaviour,
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


@dataclass(frozen=True)
class Part:
    """One item: its words, the second text of its kind (law, description, body, link), and the rest."""

    pk: int
    text: str
    more: str = ""
    extra: str = ""  # a topic's or behaviour's code, a material's file
    low: int = 0
    high: int = 0

    @property
    def term(self) -> str:
        """What a point is about."""
        return self.text

    @property
    def description(self) -> str:
        """What a point says; may be empty."""
        return self.more


Parts = dict[tuple[str, int], list[Part]]


@dataclass
class ModulePage:
    """Everything a module's page shows; parts are attributes of the objects they belong to."""

    module: Module
    values: list[Value]
    topics: list[Topic]
    prompts: list[Prompt]
    objectives: list[Part]
    materials: list[Part]


def _rows(
    kind: str,
    query: QuerySet,
    parent: str,
    text: str,
    more: str = "",
    extra: str = "",
    limits: tuple[str, str] | None = None,
) -> QuerySet:
    """Active rows of one kind in the shape that all members of the UNION share."""
    empty, zero = Constant("", output_field=CharField()), Constant(0, output_field=IntegerField())
    low, high = (F(limits[0]), F(limits[1])) if limits else (zero, zero)
    return (
        query.filter(active=True)
        .order_by()
        .values_list(
            Constant(kind, output_field=CharField()),
            F(parent),
            F("order"),
            F("pk"),
            F(text),
            F(more) if more else empty,
            F(extra) if extra else empty,
            low,
            high,
        )
    )


def _collect(*queries: QuerySet) -> Parts:
    """The rows of several queries by kind and parent, in order; one query."""
    parts: Parts = defaultdict(list)
    rows = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
    for kind, parent, _order, *part in sorted(rows, key=lambda row: (row[2], row[3])):
        parts[kind, parent].append(Part(*part))
    return parts


def _of_values(values) -> tuple[QuerySet, QuerySet]:
    """Behaviours and keywords of some values, given as a lookup for the value's key."""
    return (
        _rows("behaviour", Behaviour.objects.filter(**values), "value_id", "text", "text_law", "code"),
        _rows("keyword", Keyword.objects.filter(**values), "value_id", "text"),
    )


def _give(values: Iterable[Value], parts: Parts) -> list[Value]:
    """Hang behaviours and keywords on their values, under names of their own."""
    result = list(values)
    for value in result:
        value.shown_behaviours = parts["behaviour", value.pk]
        value.shown_keywords = parts["keyword", value.pk]
        value.differs_in_law = bool(value.definition_law or any(part.more for part in value.shown_behaviours))
    return result


def open_modules() -> QuerySet[Module]:
    """Modules everybody may see."""
    return Module.objects.filter(active=True, published=True)


def active_values() -> list[Value]:
    """All values with behaviours and keywords; two queries."""
    parts = _collect(*_of_values({"value__active": True}))
    return _give(Value.objects.active(), parts)


def topics_by_code(codes: Iterable[str]) -> dict[str, Topic]:
    """Some topics with their points, for pages that are no module's; two queries.

    A topic of a module that is not open is left out, as the module's own page would be.
    """
    wanted = Topic.objects.active().filter(code__in=list(codes)).exclude(module__active=False)
    topics = list(wanted.exclude(module__published=False))
    below = Point.objects.filter(topic__in=topics)
    points = _collect(_rows("point", below, "topic_id", "term", "description"))
    for topic in topics:
        topic.shown_points = points["point", topic.pk]
    return {topic.code: topic for topic in topics}


def module_page(module: Module) -> ModulePage:
    """All that belongs to one module; two queries."""
    values = list(Value.objects.active().filter(modules=module))
    parts = _collect(
        _rows("objective", Objective.objects.filter(module=module), "module_id", "text"),
        _rows("topic", Topic.objects.filter(module=module), "module_id", "heading", "body", "code"),
        _rows("point", Point.objects.filter(topic__module=module), "topic_id", "term", "description"),
        _rows(
            "prompt",
            Prompt.objects.filter(module=module),
            "module_id",
            "title",
            "help",
            limits=("min_words", "max_words"),
        ),
        _rows("question", GuidingQuestion.objects.filter(prompt__module=module), "prompt_id", "text"),
        _rows("material", Material.objects.filter(module=module), "module_id", "title", "url", "file"),
        *_of_values({"value__modules": module}),
    )
    return ModulePage(
        module=module,
        values=_give(values, parts),
        topics=[_topic(part, parts) for part in parts["topic", module.pk]],
        prompts=[_prompt(part, parts) for part in parts["prompt", module.pk]],
        objectives=parts["objective", module.pk],
        materials=parts["material", module.pk],
    )


def _topic(part: Part, parts: Parts) -> Topic:
    topic = Topic(pk=part.pk, heading=part.text, body=part.more, code=part.extra)
    topic.shown_points = parts["point", part.pk]
    return topic


def _prompt(part: Part, parts: Parts) -> Prompt:
    prompt = Prompt(pk=part.pk, title=part.text, help=part.more, min_words=part.low, max_words=part.high)
    prompt.shown_questions = parts["question", part.pk]
    return prompt


def neighbours(items: list, item) -> tuple:
    """The one before and the one after, each possibly None; both None for one that is not in the list."""
    if item not in items:
        return None, None
    place = items.index(item)
    return (items[place - 1] if place else None), (items[place + 1] if place + 1 < len(items) else None)
