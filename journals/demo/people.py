"""Invented civil servants for the demo: names from all over the archipelago, structurally valid numbers.

The serial of each NIP is 9xx, which in practice nobody has; agencies and regencies are fictional.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

PNS, PPPK = "PNS", "PPPK"
# The first people are instructors, the others participants.
INSTRUCTORS = 4
# Age at the appointment, and year of it (domain rules: PNS up to 35; PPPK later in life too).
_BEGIN: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    PNS: ((22, 34), (2016, 2025)),
    PPPK: ((24, 48), (2021, 2025)),
    "instructor": ((22, 28), (1996, 2006)),
}
_RANKS = {
    "II/c": "Pengatur",
    "III/a": "Penata Muda",
    "III/b": "Penata Muda Tk. I",
    "III/c": "Penata",
    "III/d": "Penata Tk. I",
    "IV/a": "Pembina",
    "IV/b": "Pembina Tk. I",
}


@dataclass(frozen=True, slots=True)
class Person:
    """One invented civil servant. sex is "L" or "P"; profession is a key of texts.professions(), or "instructor"."""

    name: str
    title_before: str
    title_after: str
    sex: str
    nip: str
    kind: str
    agency: str
    unit: str
    position: str
    rank: str
    email: str
    profession: str


@cache
def _data() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    path = Path(__file__).with_name("fragments") / "people.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


def people(count: int, *, seed: int | str) -> list[Person]:
    """``count`` different people: four instructors, then participants.

    The professions go round, so that neighbours on an attendance list do different work. Ratna Kusumaningrum and
    Dimas Prayogo of the samples stand where NDH 17 and 31 of the first cohort are, if there are that many people.
    """
    random = Random(f"people:{seed}")
    register = _Register(random)
    fixed = {INSTRUCTORS + person["ndh"] - 1: person for person in _data()["fixed"]}
    order = list(_data()["work"])
    crowd = []
    for index in range(count):
        if index < INSTRUCTORS:
            crowd.append(_instructor(register, index))
        elif index in fixed:
            crowd.append(_fixed(register, fixed[index]))
        else:
            at = (index - INSTRUCTORS) % len(order)
            if at == 0:
                random.shuffle(order)
            crowd.append(_participant(register, order[at]))
    return crowd


class _Register:
    """Draws names, numbers and addresses, none of them twice."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.numbers: set[str] = set()
        self.mails: set[str] = set()
        self.names: set[str] = {person["name"] for person in _data()["fixed"]}
        self.special = list(_data()["special_names"])

    def name(self, sex: str) -> str:
        """A name, new if one can be found in a few tries (in a ministry people do share names)."""
        name = ""
        for _attempt in range(6):
            name = self._draw_name(sex)
            if name in self.names and " " in name:
                # In a large crowd the short names run out; another name in the middle makes a new one.
                first, last = name.rsplit(" ", 1)
                name = f"{first} {self.random.choice(_data()['more_names'][sex])} {last}"
            if name not in self.names:
                break
        self.names.add(name)
        return name

    def _draw_name(self, sex: str) -> str:
        region = self.random.choice(_data()["regions"])
        kind = self.random.random()
        single = region.get("single", {}).get(sex, [])
        if single and kind < 0.12:
            return self.random.choice(single)
        first = self.random.choice(region["first"][sex])
        last = self.random.choice(region["last"][sex] if isinstance(region["last"], dict) else region["last"])
        middles = region.get("middle", {}).get(sex, [])
        if middles and kind > 0.6:
            return f"{first} {self.random.choice(middles)} {last}"
        return f"{first} {last}"

    def nip(self, sex: str, kind: str, age: tuple[int, int], years: tuple[int, int]) -> str:
        """YYYYMMDD of birth, YYYYMM of appointment (PPPK: year and 21), 1 or 2, serial 901–999.

        age and years give the lowest and highest age at the appointment and year of it.
        """
        while True:
            year, months = self.random.randint(*years), (2, 3, 4, 12)
            begun = f"{year}21" if kind == PPPK else f"{year}{self.random.choice(months):02}"
            born = date(year - self.random.randint(*age), 1, 1) - timedelta(days=self.random.randint(1, 365))
            number = f"{born:%Y%m%d}{begun}{1 if sex == 'L' else 2}9{self.random.randint(1, 99):02}"
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def email(self, name: str) -> str:
        """name.parts@berakhlak.test, with a number when somebody has it already."""
        plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")).encode("ascii", "ignore").decode()
        local = ".".join(re.findall(r"[a-z]+", plain.lower())[:3])
        mail, number = f"{local}@berakhlak.test", 2
        while mail in self.mails:
            # A jump instead of a count keeps this fast when thousands share a name.
            mail = f"{local}{number}@berakhlak.test"
            number = number + 1 if number < 5 else self.random.randint(6, 999_999)
        self.mails.add(mail)
        return mail


def _participant(register: _Register, profession: str) -> Person:
    random, work = register.random, _data()["work"][profession]
    job = random.choice(work["jobs"])
    sex = job.get("sex") or random.choices("LP", weights=(work.get("men", 44), 100 - work.get("men", 44)))[0]
    kind = random.choice(job["kinds"])
    special = next((name for name in register.special if name["sex"] == sex), None)
    if special and random.random() < 0.3:
        register.special.remove(special)
        name = special["name"]
    else:
        name = register.name(sex)
    regency = random.choice(_data()["regencies"])
    unit = random.choice(work["units"]).format(place=random.choice(_data()["places"]), number=random.randint(1, 9))
    return Person(
        name=name,
        title_before=_before(random, sex, kind),
        title_after=random.choice(job["titles"]),
        sex=sex,
        nip=register.nip(sex, kind, *_BEGIN[kind]),
        kind=kind,
        agency=f"{work['agency']} {regency} (fiktif)",
        unit=unit,
        position=job["position"],
        rank=_rank(random, kind, job["level"]),
        email=register.email(name),
        profession=profession,
    )


def _before(random: Random, sex: str, kind: str) -> str:
    """A few have a religious title; nobody has one by profession here."""
    return {"L": "H.", "P": "Hj."}[sex] if kind == PPPK and random.random() < 0.04 else ""


def _rank(random: Random, kind: str, level: str) -> str:
    """PNS: "Penata Muda (III/a)"; PPPK: "Golongan IX" (diploma: VII, secondary school: V)."""
    if kind == PPPK:
        return {"D3": "Golongan VII", "S1": "Golongan IX", "SMA": "Golongan V"}[level]
    room = random.choice({"D3": ("II/c",), "S1": ("III/a", "III/a", "III/b"), "SMA": ("II/c",)}[level])
    return f"{_RANKS[room]} ({room})"


def _instructor(register: _Register, index: int) -> Person:
    person = _data()["instructors"][index]
    register.names.add(person["name"])
    return Person(
        name=person["name"],
        title_before=person["title_before"],
        title_after=person["title_after"],
        sex=person["sex"],
        nip=register.nip(person["sex"], PNS, *_BEGIN["instructor"]),
        kind=PNS,
        agency=_data()["training_agency"],
        unit="Kelompok Jabatan Fungsional Widyaiswara",
        position=person["position"],
        rank=f"{_RANKS[person['room']]} ({person['room']})",
        email=register.email(person["name"]),
        profession="instructor",
    )


def _fixed(register: _Register, person: dict[str, Any]) -> Person:
    return Person(
        name=person["name"],
        title_before=person.get("title_before", ""),
        title_after=person["title_after"],
        sex=person["sex"],
        nip=register.nip(person["sex"], person["kind"], *_BEGIN[person["kind"]]),
        kind=person["kind"],
        agency=person["agency"],
        unit=person["unit"],
        position=person["position"],
        rank=person["rank"],
        email=register.email(person["name"]),
        profession=person["profession"],
    )
