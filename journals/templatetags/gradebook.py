"""The cells of the cohort page, built as text: two thousand of them must cost little to make and to send.

Attributes without quotes and addresses relative to the page ("17/2/") keep a table of 200 by 10 within
12 KB as sent. Everything that comes from people is escaped.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from berakhlak.face.templatetags.face import STATES, _drawing
from journals.services.results import Cell, Row, Table

register = template.Library()

# State -> (class, letter). A letter stands beside the icon, so that neither colour nor shape is needed alone.
LETTERS = {
    "draft": ("c-d", pgettext_lazy("letter for a state", "D")),
    "submitted": ("c-s", pgettext_lazy("letter for a state", "S")),
    "reviewing": ("c-s", pgettext_lazy("letter for a state", "V")),
    "returned": ("c-r", pgettext_lazy("letter for a state", "R")),
    "overdue": ("c-o", pgettext_lazy("letter for a state", "O")),
    "closed": ("c-o", pgettext_lazy("letter for a state", "X")),
    "empty": ("c-e", ""),
    "notopen": ("c-e", ""),
}
LATE = "late"
# Beside a score below the pass mark; the arrow is drawn by the style sheet, so that it costs no bytes per cell.
BELOW = "c-l"
UNRELEASED_ICON = "eye-off"


def _symbol(name: str) -> str:
    return f"<svg class=icon aria-hidden=true><use href=#i-{name} /></svg>"


@register.simple_tag
def gradebook_icons() -> SafeString:
    """The drawings, once per page; the cells refer to them."""
    names = [*(STATES[state][0] for state in LETTERS), STATES[LATE][0], UNRELEASED_ICON]
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{_drawing(name)}</symbol>' for name in dict.fromkeys(names)
    )
    return mark_safe(f'<svg class="visually-hidden" aria-hidden="true">{symbols}</svg>')  # icons of the package


@lru_cache(maxsize=256)
def _mark(state: str, is_late: bool, language: str | None) -> str:
    """Icon, letter and words of a state without a score."""
    symbol, word = STATES[state]
    letter = LETTERS[state][1]
    words = f"{word}, {_late_word()}" if is_late else str(word)
    seen = f"<b aria-hidden=true>{escape(letter)}</b>" if letter else ""
    late = _symbol(STATES[LATE][0]) if is_late else ""
    return f"{_symbol(symbol)}{seen}{late}<i>{escape(words)}</i>"


@lru_cache(maxsize=16)
def _score_mark(is_late: bool, is_released: bool, is_below: bool, language: str | None) -> str:
    """What stands beside a score: below the pass mark, late, not released."""
    words = [
        *([_("below the pass mark")] if is_below else []),
        *([_late_word()] if is_late else []),
        *([] if is_released else [_("not released")]),
    ]
    late = _symbol(STATES[LATE][0]) if is_late else ""
    hidden = "" if is_released else _symbol(UNRELEASED_ICON)
    return f"{late}{hidden}<i>, {escape(', '.join(words))}</i>" if words else ""


@lru_cache(maxsize=64)
def _past(returns: int, is_extended: bool, language: str | None) -> str:
    """What came before the state: returns, more time."""
    words = [
        *([pgettext("gradebook cell", "returned %(count)d×") % {"count": returns}] if returns else []),
        *([pgettext("gradebook cell", "more time")] if is_extended else []),
    ]
    return "".join(f"<small>{escape(word)}</small>" for word in words)


def _late_word() -> str:
    return pgettext("entry state", "late")


def _not_yours() -> str:
    return _("Not yours")  # a call of its own: xgettext does not look into f-strings


def _cell(cell: Cell | None, ndh: int, mark: Decimal, language: str | None) -> str:
    if cell is None:
        return f"<td class=c-e><i>{escape(_not_yours())}</i></td>"
    if cell.score is not None:
        released, below = cell.state == "released", cell.score < mark
        css = BELOW if below else "c-g" if released else "c-u"
        body = _number(cell.score, language) + _score_mark(cell.is_late, released, below, language)
    else:
        css, body = LETTERS[cell.state][0], _mark(cell.state, cell.is_late, language)
    if cell.returns or cell.extended:
        body += _past(cell.returns, cell.extended, language)
    if cell.readable:
        return f"<td class={css}><a href={ndh}/{cell.number}/>{body}</a></td>"
    return f"<td class={css}>{body}</td>"


@lru_cache(maxsize=4096)
def _number(score, language: str | None) -> str:
    return number_format(score, 2)


@register.simple_tag
def gradebook_rows(table: Table, rows: Iterable[Row], pass_mark: Decimal) -> SafeString:
    """Some rows of the table, for its body."""
    language = get_language()
    pick = PICK if table.may_lead else ("", "")
    return mark_safe("".join(_row(row, pass_mark, language, pick) for row in rows))  # built and escaped here


# Around the name, for those who may do something for a selection.
PICK = ("<label><input type=checkbox name=peserta form=pick value={}>", "</label>")


def _row(row: Row, mark: Decimal, language: str | None, pick: tuple[str, str]) -> str:
    person, ndh = row.person, row.person.ndh
    cells = "".join(_cell(cell, ndh, mark, language) for cell in row.cells)
    return (
        f"<tr><th scope=row>{pick[0].format(ndh)}<b>{ndh}</b> {escape(person.full_name)}<small>{escape(person.group)}"
        f"</small>{pick[1]}</th>{cells}<td class=matrix__result>{_result(row, mark, language)}</td></tr>\n"
    )


@lru_cache(maxsize=64)
def _incomplete(missing: int, language: str | None) -> str:
    about = ngettext("%(count)d grade missing", "%(count)d grades missing", missing) % {"count": missing}
    incomplete = _("Incomplete")
    return f"{escape(incomplete)}<small>{escape(about)}</small>"


def _result(row: Row, mark: Decimal, language: str | None) -> str:
    if not row.shows_result:
        return ""
    return f"<a href={row.person.ndh}/>{_result_body(row, mark, language)}</a>"


def _result_body(row: Row, mark: Decimal, language: str | None) -> str:
    if row.result is None:
        return _incomplete(row.missing, language)
    band = row.band.name if row.band else ""
    if row.by_remedial:
        band = " · ".join(filter(None, [band, _("after remedial")]))
    if row.result < mark:
        below = _score_mark(False, True, True, language)
        return f"<b class={BELOW}>{_number(row.result, language)}{below}</b><small>{escape(band)}</small>"
    return f"<b>{_number(row.result, language)}</b><small>{escape(band)}</small>"


@register.simple_tag
def gradebook_legend() -> SafeString:
    """What icons and letters mean, in the order of an entry's life."""
    items = []
    for state, (css, letter) in LETTERS.items():
        symbol, word = STATES[state]
        items.append(format_html("<li class={}>{}<b>{}</b> {}</li>", css, mark_safe(_symbol(symbol)), letter, word))
    items.append(format_html("<li class=c-r>{} {}</li>", mark_safe(_symbol(STATES[LATE][0])), STATES[LATE][1]))
    items.append(format_html("<li><b class={}></b> {}</li>", BELOW, _("Below the pass mark")))
    items.append(format_html("<li class=c-u>{} {}</li>", mark_safe(_symbol(UNRELEASED_ICON)), _("Grade not released")))
    return mark_safe("".join(items))  # each made by format_html
