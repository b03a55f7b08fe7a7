"""The demo's people, texts and feedback: within the limits, all different, the same again for the same seed."""

import re
from datetime import date
from itertools import combinations, pairwise

import pytest
import yaml

from journals.demo import feedback, notation, texts
from journals.demo.people import people
from journals.text import count_words

QUALITIES = ("good", "fair", "good", "fair", "good", "weak", "fair")
PARTS = tuple(texts.LIMITS)


def body(composed):
    return "\n".join(getattr(composed, part) for part in PARTS)


def cohort(module):
    """What 40 participants write on one module, each from their own work."""
    work = texts.professions()
    return [
        texts.compose(
            module,
            seed=module * 1000 + ndh,
            quality=QUALITIES[ndh % 7],
            profession=work[ndh % len(work)],
            variant=ndh // len(work),
        )
        for ndh in range(40)
    ]


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


@pytest.mark.parametrize("quality", ["good", "fair", "weak"])
def test_each_incident_of_each_module_makes_a_text_inside_the_word_limits(quality):
    for module in range(1, 11):
        for profession in texts.professions():
            for variant in range(texts.stories(module, profession)):
                for seed in range(5):
                    composed = texts.compose(module, seed=seed, quality=quality, profession=profession, variant=variant)
                    for part, (lowest, highest) in texts.LIMITS.items():
                        words = count_words(getattr(composed, part))
                        assert lowest <= words <= highest, (module, profession, variant, seed, part, words)
                    assert 5 <= len(composed.title) <= 120


def test_nothing_of_the_notation_and_no_known_misspelling_is_left():
    for module in range(1, 11):
        for profession in texts.professions():
            for quality in ("good", "fair", "weak"):
                composed = texts.compose(module, seed="ejaan", quality=quality, profession=profession)
                text = composed.title + "\n" + body(composed)
                assert not re.search(r"[<>{}|_]|  |\.\.|,,| [.,;:]", text), text
                assert not re.search(
                    r"\b(dimana|kedepannya|dimanapun|kerjasama|merubah|diatas|Berakhlak|BERAKHLAK)\b", text
                ), text
                assert not re.search(r"(^|[.!?] )[a-z]", text, re.MULTILINE), text


def test_the_texts_of_a_cohort_are_all_different():
    everything = [composed for module in range(1, 11) for composed in cohort(module)]
    assert len(everything) == 400
    assert len({(composed.title, body(composed)) for composed in everything}) == 400
    for part in PARTS:
        assert len({getattr(composed, part) for composed in everything}) == 400


@pytest.mark.parametrize("module", range(1, 11))
def test_reflections_on_one_module_share_little(module):
    sets = [shingles(composed.refleksi) for composed in cohort(module)]
    likeness = [len(one & two) / len(one | two) for one, two in combinations(sets, 2)]
    assert len(likeness) == 780
    assert sum(value < 0.6 for value in likeness) >= 0.95 * 780
    assert max(likeness) < 0.95


def test_the_same_seed_writes_the_same_and_another_seed_does_not():
    def write(seed):
        return texts.compose(4, seed=seed, quality="good")

    assert write(7) == write(7)
    assert write(7) != write(8)


def test_plans_lie_after_the_day_of_writing():
    months = {name: number for number, name in enumerate(texts.MONTHS, 1)}
    for seed in range(60):
        plan = texts.compose(3, seed=seed, quality="good", day=date(2026, 12, 14)).penerapan
        found = re.findall(r"(\w+), (\d+) (\w+) (\d{4})", plan)
        assert found
        for name, number, month, year in found:
            planned = date(int(year), months[month], int(number))
            assert planned > date(2026, 12, 14)
            assert texts.DAYS[planned.weekday()] == name
            assert planned.weekday() < 5


def test_profession_and_form_of_address_go_through_the_whole_text():
    composed = texts.compose(2, seed=1, quality="good", profession="pustakawan")
    assert "perpustakaan" in body(composed).lower()
    # The heckler of this incident addresses the author.
    stories = range(texts.stories(4, "satpol"))
    assert any(
        "Bu.”" in texts.compose(4, seed=1, quality="good", profession="satpol", sex="P", variant=at).refleksi
        for at in stories
    )
    assert not any(
        "Pak.”" in texts.compose(4, seed=1, quality="good", profession="satpol", sex="P", variant=at).refleksi
        for at in stories
    )


def test_an_unknown_quality_is_refused():
    with pytest.raises(ValueError, match="excellent"):
        texts.compose(1, seed=1, quality="excellent")


def test_notation_refuses_an_open_brace_and_spells_numbers():
    with pytest.raises(ValueError, match="brace"):
        notation.parse("Saya {senang|sedih")
    assert [notation.spell(number) for number in (3, 10, 11, 1200)] == ["tiga", "sepuluh", "11", "1.200"]


def test_people_are_all_different_and_their_numbers_valid():
    crowd = people(2_000, seed=1)
    assert len({person.nip for person in crowd}) == len({person.email for person in crowd}) == 2_000
    for person in crowd:
        born, begun, sex = re.fullmatch(r"(\d{8})(\d{6})([12])9\d\d", person.nip).groups()
        date.fromisoformat(f"{born[:4]}-{born[4:6]}-{born[6:]}")
        assert int(begun[:4]) - int(born[:4]) >= 17
        assert sex == ("1" if person.sex == "L" else "2")
        if person.kind == "PPPK":
            assert int(begun[4:]) >= 21
            assert re.fullmatch(r"Golongan (V|VII|IX)", person.rank)
        else:
            assert 1 <= int(begun[4:]) <= 12
            assert re.fullmatch(r"[A-Z][\w. ]+ \((II|III|IV)/[a-e]\)", person.rank)
        assert "(fiktif)" in person.agency
        assert re.fullmatch(r"[a-z.]+\d*@berakhlak\.test", person.email)
        assert len(person.name) <= 150


def test_the_first_cohort_has_the_people_of_the_samples_and_all_kinds_of_names():
    crowd = people(44, seed=2026)
    assert crowd == people(44, seed=2026)
    assert [person.profession for person in crowd[:4]] == ["instructor"] * 4
    participants = crowd[4:]
    assert (participants[16].name, participants[16].position) == ("Ratna Kusumaningrum", "Bidan Terampil")
    assert (participants[30].name, participants[30].title_after) == ("Dimas Prayogo", "S.E.")
    names = [person.name for person in participants]
    assert len(set(names)) == 40
    assert any(" " not in name for name in names)
    assert any("'" in name for name in names)
    assert any(re.match(r"[A-Z]\. ", name) for name in names)
    assert max(len(name) for name in names) > 45
    assert {person.profession for person in participants} == set(texts.professions())


def test_neighbours_do_different_work():
    work = [person.profession for person in people(104, seed=5)[4:]]
    assert sum(one == two for one, two in pairwise(work)) <= 3


@pytest.mark.parametrize("quality", ["good", "fair", "weak"])
def test_no_two_of_a_hundred_reviews_say_the_same(quality):
    said = [feedback.review(quality, seed=seed) for seed in range(100)]
    assert len({one.overall for one in said}) == 100
    assert said[3] == feedback.review(quality, seed=3)
    for one in said:
        assert set(one.levels) == set(feedback.CRITERIA)
        assert set(one.levels.values()) <= {1, 2, 3, 4}
        assert set(one.comments) <= set(feedback.CRITERIA)
        assert not any(comment in one.overall for comment in one.comments.values())
        assert bool(one.items) == (quality != "good")
        assert not re.search(r"[<>{}|]", one.overall + "".join(one.comments.values()) + "".join(one.items))


@pytest.mark.parametrize("quality", ["good", "fair", "weak"])
def test_comments_are_about_sentences_that_are_there(quality):
    sentences = {"refleksi": ["Satu.", "Dua."], "penerapan": ["Tiga."], "ringkasan": ["Empat."]}
    for seed in range(20):
        said = feedback.notes(quality, sentences, seed)
        assert said == feedback.notes(quality, sentences, seed)
        assert [part for part, *_rest in said] == ["refleksi", "penerapan"]
        assert all(one in sentences[part] for part, one, *_rest in said)
        assert not re.search(r"[<>{}|]", "".join(text + reply for _part, _sentence, text, reply in said))
        assert all(text and reply and text != reply for *_place, text, reply in said)
    assert [part for part, *_rest in feedback.notes(quality, {"penerapan": ["Tiga."]}, 1)] == ["penerapan"]


def test_better_texts_get_better_levels():
    def total(quality):
        return sum(sum(feedback.review(quality, seed=seed).levels.values()) for seed in range(50))

    assert total("good") > total("fair") > total("weak")


def test_the_samples_keep_their_levels_and_the_weak_one_its_comment():
    path = texts.FRAGMENTS.with_name("samples.yaml")
    good, weak = yaml.safe_load(path.read_text(encoding="utf-8"))["sample_entries"]
    assert feedback.of_sample(good).levels == {"pemahaman": 4, "refleksi": 4, "penerapan": 4, "kualitas": 3}
    said = feedback.of_sample(weak)
    assert said.levels == {"pemahaman": 2, "refleksi": 1, "penerapan": 1, "kualitas": 2}
    assert said.overall == weak["reviewer_comment"]
    assert said.overall.startswith("Ringkasan sudah tepat, tetapi hampir seluruhnya menyalin modul.")
    assert count_words(good["body"]["reflection"]) > 120
