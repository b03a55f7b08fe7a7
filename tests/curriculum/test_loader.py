"""The loader never undoes anybody's work, and a second run writes nothing."""

from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from curriculum.loader import MODELS, digest, load
from curriculum.models import Behaviour, Keyword, Module, Prompt, Topic, Value
from curriculum.parsing import CATALOGUE, CatalogueError

pytestmark = pytest.mark.django_db


@pytest.fixture
def data():
    """The catalogue's data, to be changed by a test."""
    return yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))


@pytest.fixture
def write(tmp_path, data):
    """Write the (changed) data to a file and return its path."""

    def write():
        path = tmp_path / "kurikulum.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return path

    return write


def history_rows() -> int:
    """Rows in all history tables of the curriculum."""
    from django.apps import apps

    return sum(apps.get_model("curriculum", name).history.count() for name in MODELS)


def writes(queries) -> list[str]:
    """The statements that change something."""
    return [
        query["sql"] for query in queries if query["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    ]


def test_first_load_has_the_whole_curriculum():
    report = load()
    assert (Value.objects.count(), Module.objects.count(), Prompt.objects.count()) == (7, 10, 30)
    assert len(report.new) == 186
    assert [report.updated, report.edited, report.retired, report.missing] == [[]] * 4
    assert report.unchanged == 0
    assert Module.objects.get(number=1).values.count() == 7
    assert Behaviour.objects.count() == 21
    refleksi = Prompt.objects.get(module__number=4, key="refleksi")
    assert (refleksi.min_words, refleksi.max_words, refleksi.questions.count()) == (120, 800, 3)
    kapal = Topic.objects.get(code="kapal")
    assert [point.term for point in kapal.points.all()] == [
        "Kapal",
        "Nakhoda",
        "Kompas",
        "Jangkar",
        "Kipas (baling-baling kapal)",
    ]


def test_rows_say_in_their_history_where_they_come_from():
    load()
    record = Value.objects.get(code="loyal").history.get()
    assert record.history_change_reason == "Dimuat dari berkas katalog"


def test_second_run_writes_nothing():
    load()
    before = history_rows()
    with CaptureQueriesContext(connection) as queries:
        report = load()
    assert writes(queries.captured_queries) == []
    assert history_rows() == before
    assert report.unchanged == 186
    assert [report.new, report.updated, report.edited, report.retired, report.missing] == [[]] * 5


def test_unedited_rows_follow_a_newer_file(data, write):
    load()
    data["values"][1]["definition"] = "Bertanggung jawab penuh"
    data["modules"][2]["title"] = "Akuntabel dan Terbuka"
    data["modules"][2]["values"] = ["akuntabel", "loyal"]
    report = load(write())
    assert sorted(report.updated) == ["Module akuntabel", "Value akuntabel"]
    assert Value.objects.get(code="akuntabel").definition == "Bertanggung jawab penuh"
    module = Module.objects.get(code="akuntabel")
    assert module.title == "Akuntabel dan Terbuka"
    assert sorted(module.values.values_list("code", flat=True)) == ["akuntabel", "loyal"]
    assert load(write()).unchanged == 186


def test_edited_rows_stay(data, write):
    load()
    value = Value.objects.get(code="akuntabel")
    value.affirmation = "Kami jujur."
    value.save()
    data["values"][1]["affirmation"] = "Kami terbuka."
    report = load(write())
    assert report.edited == ["Value akuntabel"]
    value.refresh_from_db()
    assert value.affirmation == "Kami jujur."


def test_edited_links_count_as_edited(data, write):
    load()
    module = Module.objects.get(code="loyal")
    module.values.add(Value.objects.get(code="harmonis"))
    data["modules"][5]["title"] = "Loyal Selalu"
    report = load(write())
    assert report.edited == ["Module loyal"]
    module.refresh_from_db()
    assert module.title == "Loyal"
    assert module.values.count() == 2


def test_retired_rows_are_not_brought_back(data, write):
    load()
    Keyword.objects.filter(code="loyal-komitmen").update(active=False)
    data["values"][4]["keywords"][0]["text"] = "Komitmen penuh"
    report = load(write())
    assert report.retired == ["Keyword loyal-komitmen"]
    keyword = Keyword.objects.get(code="loyal-komitmen")
    assert (keyword.active, keyword.text) == (False, "Komitmen")


def test_an_unpublished_module_stays_unpublished():
    load()
    Module.objects.filter(number=3).update(published=False)
    assert load().unchanged == 186
    assert Module.objects.get(number=3).published is False


def test_removed_items_are_reported_and_kept(data, write):
    load()
    del data["values"][0]["keywords"][0]
    report = load(write())
    assert report.missing == ["Keyword berorientasi-pelayanan-responsivitas"]
    assert Keyword.objects.filter(code="berorientasi-pelayanan-responsivitas", active=True).exists()


def test_rows_made_in_the_admin_are_not_missing():
    load()
    Keyword.objects.create(value=Value.objects.first(), text="Senyum")
    assert load().missing == []


def test_swapped_numbers_do_not_collide(data, write):
    load()
    data["modules"][1]["number"], data["modules"][2]["number"] = 3, 2
    data["values"][0]["order"], data["values"][6]["order"] = 7, 1
    load(write())
    assert Module.objects.get(number=2).code == "akuntabel"
    assert Value.objects.get(order=1).code == "kolaboratif"


def test_what_somebody_wrote_by_hand_and_the_file_says_too_follows_again(data, write):
    load()
    Value.objects.filter(code="loyal").update(definition="Setia")
    data["values"][4]["definition"] = "Setia"
    assert load(write()).edited == []
    data["values"][4]["definition"] = "Setia selalu"
    assert load(write()).updated == ["Value loyal"]


def test_what_the_database_refuses_undoes_everything(data, write):
    Module.objects.create(code="milik-admin", number=3, slug="lain", title="Milik admin")
    with pytest.raises(CatalogueError, match=r"modules\[2\]: the database refuses Module akuntabel"):
        load(write())
    assert Value.objects.count() == 0


def test_check_writes_nothing_and_lists_the_differences(data, write):
    load()
    Value.objects.filter(code="loyal").update(definition="Setia")
    Value.objects.filter(code="adaptif").update(active=False)
    data["values"][1]["definition"] = "Bertanggung jawab penuh"
    data["values"][0]["keywords"].append({"code": "senyum", "text": "Senyum"})
    del data["modules"][9]["topics"][4]
    out = StringIO()
    before = history_rows()
    with CaptureQueriesContext(connection) as queries:
        call_command("load_curriculum", "--check", "--file", str(write()), stdout=out)
    assert writes(queries.captured_queries) == []
    assert history_rows() == before
    text = out.getvalue()
    for line in (
        "Value loyal: edited",
        "Value adaptif: retired",
        "Value akuntabel: unedited, follows",
        "Keyword senyum: new",
        "Topic penutup: no longer in the file",
        "nothing written",
    ):
        assert line in text


def test_the_command_says_what_is_wrong(tmp_path):
    path = tmp_path / "rusak.yaml"
    path.write_text("values: [", encoding="utf-8")
    with pytest.raises(CommandError, match=r"rusak\.yaml:\d+: is not YAML"):
        call_command("load_curriculum", "--file", str(path))


def test_new_optional_fields_change_no_digest():
    assert digest({"text": "a"}) == digest({"text": "a", "text_law": "", "links": [], "parent": None})
    assert digest({"text": "a"}) != digest({"text": "b"})
