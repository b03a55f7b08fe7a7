"""Composes believable journal entries for the demo out of fragments written by hand. Pure Python, no database.

A text is told around one invented incident that belongs to the author's profession, so that profession, place,
event and plan agree; the wording around it is drawn from the seed. The same arguments always give the same text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from journals.demo.notation import draw, draws, render, sentence

FRAGMENTS = Path(__file__).with_name("fragments")
# Word limits of the three answers (lowest, highest); the texts stay inside with room to spare.
LIMITS = {"ringkasan": (40, 300), "refleksi": (120, 800), "penerapan": (60, 500)}
FIRST_DAY = date(2026, 11, 23)
MODULES = (
    "Pengantar BerAKHLAK",
    "Berorientasi Pelayanan",
    "Akuntabel",
    "Kompeten",
    "Harmonis",
    "Loyal",
    "Adaptif",
    "Kolaboratif",
    "ASN BerAKHLAK Bangga Melayani Bangsa",
    "Unggul dan Berdaya Saing",
)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
_HOLIDAYS = {(1, 1), (5, 1), (6, 1), (8, 17), (12, 24), (12, 25), (12, 31)}
# Incident stories that end well do not go with sentences that speak of a mistake.
_MISTAKE = ("kesalahan", "tidak bangga", "lebih berhati-hati", "masalahnya bukan pada orang", "terlalu keras")
_PROUD_MODULE = 9


@dataclass(frozen=True, slots=True)
class Composed:
    """A title and three answers; paragraphs are separated by blank lines, lists have "- " or "1. " lines."""

    title: str
    ringkasan: str
    refleksi: str
    penerapan: str


@cache
def _load(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(FRAGMENTS.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


def professions() -> list[str]:
    """The keys of the professions a text can be written for."""
    return list(_load("professions"))


def stories(module_number: int, profession: str) -> int:
    """How many different incidents there are for this profession in this module."""
    return len(_load(f"module{module_number:02}")["stories"][profession])


def compose(
    module_number: int,
    *,
    seed: int | str,
    quality: str,
    profession: str | None = None,
    sex: str | None = None,
    day: date = FIRST_DAY,
    variant: int | None = None,
) -> Composed:
    """One entry for a module (1–10) by an author of a profession.

    quality is "good" (incident, cause, feeling, lesson; a plan with time, measure and risk), "fair" (an incident,
    little analysis, a plan without measure) or "weak" (praise and promises). sex ("L" or "P") decides how others
    address the author; day is the day of writing, plans lie after it; variant chooses among the incidents of the
    profession, so that neighbours can be given different ones. Without them the seed decides.
    """
    if quality not in _WRITERS:
        raise ValueError(f"Unknown quality: {quality}")
    random = Random(f"{module_number}:{quality}:{seed}")
    profession = profession or random.choice(professions())
    author = _load("professions")[profession]
    module = _load(f"module{module_number:02}")
    choices = module["stories"][profession]
    story = choices[random.randrange(len(choices)) if variant is None else variant % len(choices)]
    slots = _slots(random, author, day, sex or ("P" if profession == "bidan" else random.choice("LP")))
    slots["modul"] = MODULES[module_number - 1]
    slots.update(draw(random, _numbers(profession, module_number, choices.index(story))))
    return _WRITERS[quality](_Pen(random, slots, module["pools"], story, author, module_number))


@cache
def _numbers(profession: str, module_number: int, index: int) -> tuple:
    story = _load(f"module{module_number:02}")["stories"][profession][index]
    pieces = [*_load("professions")[profession]["intros"], *story["titles"], *story["steps"]]
    pieces += [value for value in story.values() if isinstance(value, str)]
    return tuple(number for piece in pieces for number in draws(piece))


def _slots(random: Random, author: dict[str, Any], day: date, sex: str) -> dict[str, str]:
    village, other = random.sample(_load("common")["village"], 2)
    start = _workday(day + timedelta(days=random.randint(6, 16)))
    check = _workday(start + timedelta(days=random.randint(20, 40)))
    end = start + timedelta(days=random.randint(45, 100))
    before = MONTHS[(day.month - 1 - random.randint(1, 5)) % 12]
    return {
        "desa": village,
        "desa2": other,
        "hari": random.choice(DAYS[:5]),
        "bln": before,
        "mulai": _written(start),
        "tinjau": _written(check),
        "akhir": f"akhir {MONTHS[end.month - 1]} {end.year}",
        "atasan": author["superior"],
        "rekan": author["colleague"],
        "kantor": author["office"],
        "pengguna": author["users"],
        "jabatan": author["position"],
        "pak": "Pak" if sex == "L" else "Bu",
        "sapa": "Bapak" if sex == "L" else "Ibu",
    }


def _workday(day: date) -> date:
    while day.weekday() > 4 or (day.month, day.day) in _HOLIDAYS:
        day += timedelta(days=1)
    return day


def _written(day: date) -> str:
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(slots=True)
class _Pen:
    """Everything a writer of one text needs."""

    random: Random
    slots: dict[str, str]
    pools: dict[str, list[str]]
    story: dict[str, Any]
    author: dict[str, Any]
    number: int
    used: set[str] = field(default_factory=set)

    def say(self, template: str) -> str:
        return sentence(render(template, self.random, self.slots))

    def pick(self, pool: str, count: int = 1) -> list[str]:
        """Pieces of a pool (the module's own, or the common ones) that this text has not used yet, rendered."""
        pieces = [piece for piece in self.pools.get(pool) or _load("common")[pool] if piece not in self.used]
        if self.number == _PROUD_MODULE and pool in ("discussion", "fair_lesson"):
            pieces = [piece for piece in pieces if not any(word in piece for word in _MISTAKE)]
        chosen = self.random.sample(pieces, min(count, len(pieces)))
        self.used.update(chosen)
        return [self.say(piece) for piece in chosen]

    def tell(self, part: str) -> str:
        return self.say(self.story[part])

    def chance(self, share: float) -> bool:
        return self.random.random() < share


def _words(text: str) -> int:
    return sum(1 for piece in text.split() if any(sign.isalnum() for sign in piece))


def _fill_up(pen: _Pen, text: str, lowest: int, pools: tuple[str, ...]) -> str:
    """Add sentences that are not there yet until the text is safely longer than the limit."""
    for pool in pools:
        while _words(text) < lowest + 4 and (extra := pen.pick(pool)):
            text += " " + extra[0]
    return text


def _good(pen: _Pen) -> Composed:
    opening, core = pen.pick("opening"), pen.pick("core", pen.random.choice((2, 2, 3)))
    meaning = pen.pick("meaning")
    parts = [opening + core, meaning] if pen.chance(0.35) else [opening + core + meaning]
    ringkasan = "\n\n".join(" ".join(part) for part in parts)
    return Composed(
        pen.say(pen.random.choice(pen.story["titles"])),
        _fill_up(pen, ringkasan, 40, ("core",)),
        _good_reflection(pen),
        _good_plan(pen),
    )


def _good_reflection(pen: _Pen) -> str:
    first = [pen.say(pen.random.choice(pen.author["intros"])), pen.tell("event")]
    second, third = [pen.tell("cause"), pen.tell("feeling")], [pen.tell("lesson")]
    where = pen.random.random()
    if where < 0.4:
        first += pen.pick("discussion")
    elif where < 0.9:
        third = pen.pick("discussion") + third
    third += pen.pick("insight", 2 if pen.chance(0.6) else 1)
    shape = pen.random.random()
    if shape < 0.4:
        paragraphs = [first, second, third]
    elif shape < 0.8:
        paragraphs = [first, second + third]
    else:
        paragraphs = [first + second, third]
    text = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
    return _fill_up(pen, text, 120, ("insight",))


def _good_plan(pen: _Pen) -> str:
    steps = [render(step, pen.random, pen.slots) for step in pen.story["steps"]]
    rest = [
        pen.say(pen.random.choice(_load("common")["measure"]).replace("<M>", pen.story["measure"])),
        pen.say(pen.random.choice(_load("common")["risk"]).replace("<R>", pen.story["risk"])) + ".",
    ]
    rest += pen.pick("report")
    shape = pen.random.random()
    if shape < 0.3:
        head = f"{pen.pick('start')[0]} (1) {steps[0]}; (2) {steps[1]}; serta (3) {steps[2]}."
    elif shape < 0.6:
        then = pen.random.choice(("Setelah itu saya akan", "Berikutnya saya akan", "Bersamaan dengan itu saya akan"))
        last = pen.random.choice(("Terakhir, saya akan", "Langkah ketiga,", "Saya juga akan"))
        head = f"{pen.pick('start')[0]} {steps[0]}. {then} {steps[1]}. {last} {steps[2]}."
    else:
        marks = ("1. ", "2. ", "3. ") if shape < 0.85 else ("- ", "- ", "- ")
        lines = [f"{mark}{sentence(step)}." for mark, step in zip(marks, steps, strict=True)]
        return "\n\n".join((pen.pick("start_list")[0], "\n".join(lines), " ".join(rest)))
    if pen.chance(0.4):
        return f"{head}\n\n{' '.join(rest)}"
    return " ".join([head, *rest])


def _fair(pen: _Pen) -> Composed:
    ringkasan = " ".join(
        [
            *pen.pick("opening"),
            *pen.pick("copied"),
            *pen.pick("core", pen.random.choice((1, 2))),
            *pen.pick(pen.random.choice(("meaning", "fair_summary")), pen.random.choice((1, 1, 2))),
        ]
    )
    first = [pen.say(pen.random.choice(pen.author["intros"])), pen.tell("event")]
    second = [pen.tell("cause"), *pen.pick("fair_lesson", pen.random.choice((1, 2))), *pen.pick("platitude")]
    if pen.chance(0.3):
        second += pen.pick("insight")
    text = "\n\n".join((" ".join(first), " ".join(second))) if pen.chance(0.7) else " ".join(first + second)
    slots = {
        **pen.slots,
        **{f"P{at}": render(step, pen.random, pen.slots) for at, step in enumerate(pen.story["steps"])},
    }
    opening = sentence(render(pen.random.choice(_load("common")["fair_plan"]), pen.random, slots))
    plan = " ".join([opening, *pen.pick("fair_close", pen.random.choice((1, 2)))])
    return Composed(
        pen.say(pen.random.choice(pen.story["titles"])),
        _fill_up(pen, ringkasan, 40, ("core",)),
        _fill_up(pen, text, 120, ("fair_lesson", "platitude")),
        _fill_up(pen, plan, 60, ("fair_close",)),
    )


def _weak(pen: _Pen) -> Composed:
    copied = [pen.say(piece) for piece in pen.pools["copied"]]
    pen.used.update(pen.pools["copied"])
    del copied[pen.random.randrange(1, 4)]
    ringkasan = " ".join([*pen.pick("weak_opening"), *copied, *pen.pick("weak_more", pen.random.choice((1, 2)))])
    body = [
        *pen.pick("weak_praise", 3),
        *pen.pick("platitude", 2),
        *pen.pick("weak_platitude", 2),
        *pen.pick("weak_so_far", 2),
    ]
    if pen.chance(0.5):
        body[1:3], body[3:5] = body[3:5], body[1:3]
    obstacle = pen.pick("weak_obstacle")[0]
    reflection = _fill_up(pen, " ".join(body), 120 - _words(obstacle), ("weak_so_far", "weak_platitude", "weak_praise"))
    plan = [*pen.pick("weak_plan"), *pen.pick("weak_promise", pen.random.choice((3, 4)))]
    end = pen.pick("weak_close")
    text = _fill_up(pen, " ".join(plan), 60 - _words(end[0]), ("weak_promise",))
    return Composed(
        pen.pick("weak_title")[0],
        _fill_up(pen, ringkasan, 40, ("weak_more",)),
        f"{reflection} {obstacle}",
        f"{text} {end[0]}",
    )


_WRITERS: dict[str, Callable[[_Pen], Composed]] = {"good": _good, "fair": _fair, "weak": _weak}
