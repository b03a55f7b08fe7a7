"""Each kind of mistake in a catalogue file is named with the file, the path of the key and the reason."""

import pytest
import yaml
from django.core.checks import run_checks

from curriculum import checks
from curriculum.parsing import CATALOGUE, CatalogueError, read


@pytest.fixture
def data():
    """The catalogue's data, to be broken by a test."""
    return yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))


def drop(key):
    """A change that removes a key of the first value."""
    return lambda data: data["values"][0].pop(key)


def put(path, value):
    """A change that sets data at a path."""

    def change(data):
        *above, last = path
        for step in above:
            data = data[step]
        data[last] = value

    return change


def cut(key, count):
    """A change that leaves the first few items."""
    return lambda data: data.update({key: data[key][:count]})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put(["values", 2, "behaviours", 1, "text"], None), "values[2].behaviours[1].text: missing"),
        (put(["values", 2, "behaviours", 1, "text"], ""), "values[2].behaviours[1].text: missing"),
        (put(["values", 2, "behaviours", 1, "text"], "  "), "values[2].behaviours[1].text: is empty"),
        (
            put(["values", 2, "behaviours", 1, "text"], 5),
            "values[2].behaviours[1].text: must be text, is a number; put it in quotes",
        ),
        (drop("code"), "values[0].code: missing"),
        (put(["values", 0, "code"], "Ber Orientasi"), "values[0].code: 'Ber Orientasi' may hold only small"),
        (
            put(["values", 3, "code"], "loyal"),
            "values[4].code: duplicate: the code 'loyal' is already at values[3].code",
        ),
        (
            put(["modules", 1, "number"], 1),
            "modules[1].number: duplicate: number 1 is already at modules[0].number",
        ),
        (
            put(["modules", 1, "prompts", 1, "key"], "ringkasan"),
            "modules[1].prompts[1].key: duplicate: key 'ringkasan' is already at modules[1].prompts[0].key",
        ),
        (put(["values", 0, "colour"], "red"), "values[0].colour: unknown key; known here: affirmation,"),
        (put(["people"], []), "people: unknown key; known here: format, modules, topics, values"),
        (put(["values", 0, "letters"], "BerO"), "values[0].letters: has 4 characters, at most 3 fit"),
        (put(["values", 0, "order"], 0), "values[0].order: is 0, must be from 1 to 99"),
        (put(["modules", 0, "number"], 100), "modules[0].number: is 100, must be from 1 to 99"),
        (put(["values", 0, "order"], "1"), "values[0].order: must be a whole number, is text"),
        (put(["values", 0, "order"], True), "values[0].order: must be a whole number, is true or false"),
        (put(["values", 0, "order"], None), "values[0].order: missing"),
        (
            put(["modules", 0, "values"], ["santai"]),
            "modules[0].values[0]: unknown reference: no item of values has the code 'santai'",
        ),
        (put(["modules", 0, "values"], "loyal"), "modules[0].values: must be a list of codes, is text"),
        (cut("modules", 9), "modules: needs at least 10 items, has 9"),
        (cut("values", 6), "values: needs at least 7 items, has 6"),
        (
            put(["modules", 4, "prompts", 0, "min_words"], 400),
            "modules[4].prompts[0].max_words: is 300, below min_words (400)",
        ),
        (
            put(["modules", 4, "prompts", 0, "max_words"], 6000),
            "modules[4].prompts[0].max_words: is 6000, must be from 1 to 5000",
        ),
        (put(["modules", 0, "topics"], {}), "modules[0].topics: must be a list, is a mapping"),
        (put(["values", 0], "loyal"), "values[0]: must be a mapping, is text"),
        (
            put(["modules", 0, "materials"], [{"code": "a", "title": "A", "url": "javascript:alert(1)"}]),
            "modules[0].materials[0].url: 'javascript:alert(1)' is not an address",
        ),
        (put(["format"], 2), "format: must be 1, is 2"),
    ],
)
def test_mistakes_are_named(data, tmp_path, change, problem):
    change(data)
    path = tmp_path / "kurikulum.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read(path)
    assert any(line.startswith(f"{path}: {problem}") for line in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("values: [", "is not YAML"),
        ("format: 1\nformat: 1\n", ":2: is not YAML: the key 'format' stands here twice"),
        ("- 1\n", "must be a mapping with the keys format, values, modules, topics"),
    ],
)
def test_files_that_are_no_catalogue(tmp_path, text, problem):
    path = tmp_path / "kurikulum.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=str(path)) as caught:
        read(path)
    assert problem in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CatalogueError, match="cannot be read"):
        read(tmp_path / "tidak-ada.yaml")


def test_every_problem_is_reported_at_once(data, tmp_path):
    data["values"][0]["letters"] = "BerO"
    data["modules"][0]["number"] = 0
    path = tmp_path / "kurikulum.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read(path)
    assert len(caught.value.problems) == 2


def test_the_check_reads_the_file(monkeypatch, tmp_path):
    assert [error for error in run_checks() if error.id == "curriculum.E001"] == []
    monkeypatch.setattr(checks, "CATALOGUE", tmp_path / "tidak-ada.yaml")
    assert [error.id for error in run_checks() if error.id == "curriculum.E001"] == ["curriculum.E001"]


def test_rich_text_is_made_of_paragraphs(data, tmp_path):
    data["modules"][0]["topics"][0]["body"] = "Satu & <b>dua</b>\nlanjut\n\nTiga"
    path = tmp_path / "kurikulum.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    row = next(row for row in read(path) if row.code == "tentang-berakhlak")
    assert row.fields["body"] == "<p>Satu &amp; &lt;b&gt;dua&lt;/b&gt; lanjut</p><p>Tiga</p>"
