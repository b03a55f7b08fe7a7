"""The review form: a level and points for each criterion, words, and things to improve."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals.forms.moments import WholeMinuteField
from journals.models import Criterion, Level, Review, Score
from journals.services.desk import Bench
from journals.workflow import ReviewInput, ScoreInput
from journals.workflow.reviewing import level_for

EMPTY_ITEMS = 3


def shown_points(value: Decimal | None) -> str:
    """Points as one types them: "85", "82,50"; nothing for an unscored criterion."""
    if value is None:
        return ""
    return number_format(value, 0 if value == value.to_integral_value() else 2, use_l10n=True)


class PointsField(forms.DecimalField):
    """0 to 100 with at most two decimals, typed with a comma or a point."""

    widget = forms.TextInput

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=100, decimal_places=2, required=False, **kwargs)

    def clean(self, value):
        """One sentence says what is meant, whatever was wrong."""
        try:
            return super().clean(value)
        except forms.ValidationError as wrong:
            if any(error.code == "max_decimal_places" for error in wrong.error_list):
                raise forms.ValidationError(_("Points have at most two decimals, for example 93.50.")) from wrong
            raise forms.ValidationError(_("Give points from 0 to 100, for example 93.50.")) from wrong

    def to_python(self, value):
        """Both signs mean the decimal sign, whatever the language of the page; points have no thousands."""
        return super().to_python(value.strip().replace(",", ".") if isinstance(value, str) else value)

    def prepare_value(self, value):
        """Stored points in the page's notation; typed text as it was typed."""
        return shown_points(value) if isinstance(value, Decimal) else value


class LinesWidget(forms.Widget):
    """Several fields of the same name; drawn by the template."""

    def value_from_datadict(self, data, files, name):
        """All values, in their order; None from a form that has no such field."""
        return data.getlist(name) if name in data else None

    def id_for_label(self, id_, index=None):
        """The first field, so that an error summary leads there."""
        return f"{id_}_0"


class LinesField(forms.Field):
    """A list of short texts without the empty ones."""

    widget = LinesWidget
    each = forms.CharField(required=False, max_length=1000)

    def clean(self, value):
        """Each line by the rules of a text field; None stays None, which leaves alone what is stored."""
        if value is None:
            return None
        return [text for text in (self.each.clean(plain(line)) for line in value) if text]


def plain(text: str) -> str:
    """Line ends as the rest of the world writes them, so that lengths agree with what was typed."""
    return text.replace("\r\n", "\n")


class LongText(forms.CharField):
    """Plain text of several lines."""

    def __init__(self, *, rows: int, max_length: int, **kwargs):
        super().__init__(required=False, max_length=max_length, **kwargs)
        self.widget = forms.Textarea({"rows": rows, "placeholder": " "})  # so that a style sheet can tell it is empty

    def to_python(self, value):
        """Normalised line ends."""
        return super().to_python(plain(value) if isinstance(value, str) else value)


class ReviewForm(forms.Form):
    """One reviewer's judgement; nothing is required here, because unfinished work can always be saved."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    submission = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    filter = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    comment = LongText(label=gettext_lazy("Overall comment"), rows=5, max_length=10000)
    items = LinesField(label=gettext_lazy("Things to improve"), required=False)
    due = forms.CharField(label=gettext_lazy("New due time"), required=False, max_length=40)

    def __init__(self, data=None, *, bench: Bench, tz, move: str = "save", filter_query: str = "") -> None:
        self.bench, self.tz, self.move = bench, tz, move
        self.asks_about_items = False
        super().__init__(
            data,
            auto_id="id_%s",
            initial={}
            if data is not None
            else {
                "version": bench.review.version,
                "submission": bench.review.submission.number,
                "filter": filter_query,
                "comment": bench.review.comment,
                "items": self._stored_items(),
                "due": f"{bench.suggested_due:%Y-%m-%dT%H:%M}",
            },
        )
        for criterion in bench.criteria:
            self._add_criterion(criterion)

    @cached_property
    def stored(self) -> dict[int, Score]:
        """The stored scores by criterion; asked for only where they matter, to save a query."""
        return {score.criterion_id: score for score in self.bench.scores()}

    def _add_criterion(self, criterion: Criterion) -> None:
        score = None if self.is_bound else self.stored.get(criterion.pk)
        code = criterion.code
        self.fields[f"level_{code}"] = forms.TypedChoiceField(
            label=criterion.name,
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            choices=[(level.pk, level.name) for level in self.bench.levels[criterion.pk]],
            initial=score.level_id if score else None,
        )
        self.fields[f"points_{code}"] = PointsField(
            label=_("Points for “%(criterion)s”") % {"criterion": criterion.name},
            initial=score.points if score else None,
        )
        self.fields[f"note_{code}"] = LongText(
            label=_("Comment on “%(criterion)s”") % {"criterion": criterion.name},
            rows=2,
            max_length=4000,
            initial=score.comment if score else "",
        )

    def rows(self) -> list[dict[str, Any]]:
        """For the template: each criterion with its fields and its levels beside their radio buttons."""
        return [
            {
                "criterion": criterion,
                "level": self[f"level_{criterion.code}"],
                "points": self[f"points_{criterion.code}"],
                "note": self[f"note_{criterion.code}"],
                "shown": [self[f"{part}_{criterion.code}"] for part in ("level", "points", "note")],
                "levels": [
                    {"level": level, "radio": radio, "usual": shown_points(level.points), "range": _range_of(level)}
                    for level, radio in zip(
                        self.bench.levels[criterion.pk], self[f"level_{criterion.code}"], strict=True
                    )
                ],
            }
            for criterion in self.bench.criteria
        ]

    def lines(self) -> list[str]:
        """The things to improve, with empty rows to write in."""
        written = self.written()
        return written + [""] * max(1, EMPTY_ITEMS - len(written))

    def written(self) -> list[str]:
        """The things to improve that were typed, or else stored, without the empty rows."""
        typed = self["items"].value()
        if typed is None:
            typed = self._stored_items()
        return [line for line in typed if line.strip()]

    def _stored_items(self) -> list[str]:
        return [item.text for item in self.bench.items()]

    def clean_due(self) -> datetime | None:
        """An instant, read in the cohort's zone; only a return asks for it."""
        text = self.cleaned_data["due"]
        if self.move != "return" or not text:
            return None
        with timezone.override(self.tz):
            return WholeMinuteField().clean(text)

    def clean(self) -> dict[str, Any]:
        """Bring level and points of each criterion together."""
        for criterion in self.bench.criteria:
            code = criterion.code
            if f"points_{code}" in self.errors or f"level_{code}" in self.errors:
                continue
            points = self._points(criterion)
            if f"points_{code}" not in self.errors:
                self.cleaned_data[f"points_{code}"] = points
        if self.move == "grade" and not self.errors and self._contradicts_itself():
            self.asks_about_items = True
            self.add_error(
                "items", _("Grading does not send the entry back: these would only be shown with the grade.")
            )
        return self.cleaned_data

    def _contradicts_itself(self) -> bool:
        """A complete grade with things to improve, and nobody has said yet that it is meant so."""
        complete = all(self.cleaned_data[f"points_{criterion.code}"] is not None for criterion in self.bench.criteria)
        return complete and bool(self.cleaned_data["items"]) and not self.data.get("without_return")

    def _points(self, criterion: Criterion) -> Decimal | None:
        code = criterion.code
        picked, typed = self.cleaned_data[f"level_{code}"], self.cleaned_data[f"points_{code}"]
        chosen = next((level for level in self.bench.levels[criterion.pk] if level.pk == picked), None)
        if chosen is None and typed is not None and not level_for(self.bench.levels[criterion.pk], typed):
            self.add_error(f"points_{code}", _("No level has these points."))
        if chosen is None or (typed is not None and chosen.min_points <= typed <= chosen.max_points):
            return typed
        if typed is None or self._left_standing(criterion, chosen, typed):
            return chosen.points
        self.add_error(
            f"points_{code}",
            _("“%(level)s” goes from %(low)s to %(high)s points.")
            % {"level": chosen.name, "low": shown_points(chosen.min_points), "high": shown_points(chosen.max_points)},
        )
        return None

    def _left_standing(self, criterion: Criterion, chosen: Level, typed: Decimal) -> bool:
        # Without a script the old points still stand in their field when another level is chosen.
        score = self.stored.get(criterion.pk)
        return score is not None and score.points == typed and score.level_id != chosen.pk

    def given(self) -> ReviewInput:
        """The form as the workflow takes it; where a field is not valid, what is stored stands."""
        data = self.cleaned_data
        items = data.get("items")
        return ReviewInput(
            data.get("comment", self.bench.review.comment),
            {criterion.code: self._given_score(criterion) for criterion in self.bench.criteria},
            None if items is None else tuple(items),
            self.bench.rubric,
        )

    def _given_score(self, criterion: Criterion) -> ScoreInput:
        data, points, note = self.cleaned_data, f"points_{criterion.code}", f"note_{criterion.code}"
        # A level that cannot be read takes its points with it: they were never brought together.
        unsure = points not in data or f"level_{criterion.code}" not in data
        stored = self.stored.get(criterion.pk) if unsure or note not in data else None
        return ScoreInput(
            (stored.points if stored else None) if unsure else data[points],
            data.get(note, stored.comment if stored else ""),
        )

    @property
    def savable(self) -> bool:
        """True when it is clear which review this is, so that its valid parts can be kept."""
        return not ({"version", "submission", NON_FIELD_ERRORS} & set(self.errors))

    def first_problem(self) -> str:
        """The first thing that is not valid, with the name of its field: "Refleksi: …"."""
        name, found = next(iter(self.errors.items()))
        criterion = next((each.name for each in self.bench.criteria if name.partition("_")[2] == each.code), "")
        label = criterion or (self.fields[name].label if name in self.fields else "")
        return f"{label}: {found[0]}" if label else str(found[0])

    def points_now(self) -> dict[str, Decimal | None]:
        """What is scored so far, from the form where it is valid and else from what is stored."""
        if self.is_bound:
            data = getattr(self, "cleaned_data", {})
            return {criterion.code: data.get(f"points_{criterion.code}") for criterion in self.bench.criteria}
        return {
            criterion.code: self.stored[criterion.pk].points if criterion.pk in self.stored else None
            for criterion in self.bench.criteria
        }

    def take_errors(self, errors: dict[str, str]) -> None:
        """Show what the workflow found, each beside its field."""
        for name, message in errors.items():
            field = name if name in self.fields else f"level_{name}"
            self.add_error(field if field in self.fields else None, message)


class ReasonForm(forms.Form):
    """Why a grade is opened again, or an entry taken from its reviewer."""

    reason = LongText(label=gettext_lazy("Reason"), rows=3, max_length=2000)


def _range_of(level: Level) -> str:
    return f"{shown_points(level.min_points)}–{shown_points(level.max_points)}"


def words_kept(data, bench_codes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What somebody typed, as (label, text) pairs, for a page on which the form can no longer stand."""
    kept = [(_("Overall comment"), data.get("comment", ""))]
    kept += [(_("Thing to improve"), line) for line in data.getlist("items")]
    for code, name in bench_codes:
        points = data.get(f"points_{code}", "").strip()
        note = data.get(f"note_{code}", "")
        kept.append((name, "\n".join(filter(None, [points and _("Points: %(points)s") % {"points": points}, note]))))
    return [(label, text) for label, text in kept if text.strip()]


def stored_words(review: Review) -> list[tuple[str, str]]:
    """A stored review in the same shape as `words_kept`, to be read beside it."""
    kept = [(_("Overall comment"), review.comment)]
    kept += [(_("Thing to improve"), item.text) for item in review.items.all()]
    for score in review.scores.all():
        points = shown_points(score.points)
        kept.append(
            (
                score.criterion.name,
                "\n".join(filter(None, [points and _("Points: %(points)s") % {"points": points}, score.comment])),
            )
        )
    return [(label, text) for label, text in kept if text.strip()]
