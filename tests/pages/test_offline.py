"""What the installed app is made of: the manifest, the worker, the neutral page, and the data of one person."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from PIL import Image

from berakhlak import install
from berakhlak.version import version
from curriculum.models import Module, Prompt
from journals import workflow
from journals.models import Enrolment
from tests import factory

SCRIPT = {"Accept": "application/json"}


def data(client) -> dict:
    """What the device gets."""
    return client.get(reverse("offline_data"), headers=SCRIPT).json()


def modules(client) -> dict[int, dict]:
    """By number, of the only journal."""
    [journal] = data(client)["journals"]
    return {module["number"]: module for module in journal["modules"]}


# --- The manifest and the worker ----------------------------------------------------------------------------


def test_the_manifest_names_the_app_in_the_colours_of_the_tokens(client, db):
    answer = client.get(reverse("manifest"))
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert (said["short_name"], said["lang"], said["scope"]) == ("BerAKHLAK", "id", "/")
    assert said["start_url"] == reverse("home")
    tokens = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    assert f"--accent: {said['theme_color']};" in tokens
    assert f"--paper: {said['background_color']};" in tokens
    page = client.get(reverse("landing")).content.decode()
    assert f'<link rel="manifest" href="{reverse("manifest")}">' in page
    assert f'<meta name="theme-color" content="{said["theme_color"]}">' in page


def test_each_icon_is_there_and_has_its_size(client):
    for icon in client.get(reverse("manifest")).json()["icons"]:
        path = settings.BASE_DIR / icon["src"].lstrip("/")
        assert path.is_file()
        if path.suffix == ".png":
            with Image.open(path) as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]
            assert path.stat().st_size < 50_000


def test_the_worker_is_a_script_that_is_asked_for_anew_each_time(client):
    answer = client.get(reverse("worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    about = json.loads(re.match(r"const about = (.*);\n", answer.content.decode())[1])
    assert about["version"] == version()
    assert about["shell"] == reverse("offline")
    for address in about["files"]:
        assert (settings.BASE_DIR / address.lstrip("/")).is_file(), address


def test_the_worker_is_not_sent_twice(client):
    first = client.get(reverse("worker"))
    again = client.get(reverse("worker"), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_workers_list_has_the_names_that_the_storage_gives(client, monkeypatch):
    monkeypatch.setattr(staticfiles_storage._wrapped, "url", lambda name: f"/static/{name}?hashed")
    monkeypatch.setattr(install, "_script_of_build", lambda _version: install._script())  # with this storage's names
    about = json.loads(re.match(r"const about = (.*);\n", client.get(reverse("worker")).content.decode())[1])
    assert all(address.endswith("?hashed") for address in about["files"] + about["later"])


def test_whatever_a_script_imports_comes_with_it():
    """Without a network there is nobody to ask for a missing one."""
    listed = set(install.files())
    assert {"js/lib/store.js", "js/lib/courier.js", "js/modules/keeper.js", "js/lib/words.js"} <= listed
    for name in listed:
        if name.endswith(".js") and name != "js/app.js":
            path = settings.BASE_DIR / "static" / name
            for wanted in install.IMPORTS.findall(path.read_text()):
                found = (path.parent / wanted).resolve().relative_to(Path(settings.BASE_DIR / "static").resolve())
                assert found.as_posix() in listed


def test_the_policy_allows_worker_manifest_and_requests_to_us_alone(client, db):
    policy = client.get(reverse("landing"))["Content-Security-Policy"]
    for directive in ("worker-src", "manifest-src", "connect-src"):
        assert f"{directive} 'self'" in policy


# --- Versions -----------------------------------------------------------------------------------------------


def test_pages_and_answers_of_signed_in_people_name_the_version(cast, as_user):
    answer = as_user(cast.participant).get(reverse("journal", args=[cast.cohort.key]))
    assert answer["App-Version"] == version()
    assert f'data-version="{version()}"' in answer.content.decode()


@pytest.mark.parametrize(("number", "status"), [(1, 200), (None, 200), (2, 422), (0, 422), ("1", 422), ([], 422)])
def test_a_message_of_another_format_is_refused_in_words(cast, as_user, number, status):
    message = {
        "client": "a" * 24,
        "sequence": 1,
        "version": 0,
        "title": "",
        "parts": {"refleksi": ["html", "<p>A</p>"]},
    }
    if number is not None:
        message["format"] = number
    address = reverse("entry_draft", args=[cast.cohort.key, 1])
    answer = as_user(cast.participant).post(address, json.dumps(message), content_type="application/json")
    assert answer.status_code == status
    if status == 422:
        assert "muat ulang halaman ini" in answer.json()["message"]


# --- The neutral page -----------------------------------------------------------------------------------------


def test_the_neutral_page_holds_nothing_of_anybody(cast, as_user, client):
    answer = as_user(None).get(reverse("offline"))
    page = answer.content.decode()
    assert 'data-module="shell"' in page
    assert "csrfmiddlewaretoken" not in page
    assert not answer.cookies
    for private in (cast.participant.name, cast.cohort.key, cast.cohort.name, "data-user="):
        assert private not in page


def test_the_device_is_told_of_journals_only_where_somebody_keeps_one(cast, as_user):
    for user, keeps in ((cast.participant, True), (cast.instructor, False), (None, False)):
        page = as_user(user).get(reverse("modules")).content.decode()
        assert ("data-worker=" in page) == keeps


# --- The data -------------------------------------------------------------------------------------------------


def test_a_person_gets_the_own_journals_and_nobody_elses(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Milik saya.</p>")
    factory.draft(cast.peer_enrolment, cast.modules[0], text="<p>Milik rekan.</p>")
    said = json.dumps(data(as_user(cast.participant)))
    assert "Milik saya." in said
    assert "Milik rekan." not in said
    assert cast.outside_cohort.key not in said
    assert json.loads(said)["user"] == str(cast.participant.pk)
    assert data(as_user(cast.instructor))["journals"] == []


def test_what_the_device_has_is_not_sent_again(cast, as_user):
    client = as_user(cast.participant)
    first = client.get(reverse("offline_data"), headers=SCRIPT)
    known = SCRIPT | {"If-None-Match": first["ETag"]}
    again = client.get(reverse("offline_data"), headers=known)
    assert (again.status_code, again.content) == (304, b"")
    factory.draft(cast.enrolment, cast.modules[0])
    assert client.get(reverse("offline_data"), headers=known).status_code == 200


def test_it_holds_what_is_needed_to_go_on(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], text="<p><strong>Tebal</strong></p>", title="Judul")
    client = as_user(cast.participant)
    first, second = (modules(client)[number] for number in (1, 2))
    said = first["entry"].pop("saved")
    assert first["entry"] == {"version": 1, "title": "Judul", "heard": {}}
    assert said.startswith("Tersimpan di server pada Senin, 23 November 2026 pukul ")
    assert (first["state"], first["mayWrite"], second["state"], second["mayWrite"]) == ("draft", True, "empty", True)
    part = next(part for part in first["parts"] if part["key"] == "refleksi")
    assert (part["html"], part["notation"]) == ("<p><strong>Tebal</strong></p>", "**Tebal**")
    assert part["questions"] == ["Apa yang Anda rasakan?"]
    assert [part["key"] for part in second["parts"]] == ["ringkasan", "refleksi", "penerapan"]
    assert second["entry"] is None
    assert first["draft"] == reverse("entry_draft", args=[cast.cohort.key, 1])
    assert "WI" in first["due"]


def test_states_are_those_of_the_dashboard_and_no_score_comes_along(cast, as_user, clock):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    assert modules(client)[1]["state"] == "graded"
    assert not modules(client)[1]["mayWrite"]
    assert "85" not in json.dumps(data(client)["journals"][0]["modules"][0]["parts"])
    type(cast.cohort).objects.update(release_policy=factory.AT_RELEASE)
    cast.enrolment.cohort.refresh_from_db()
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
    assert modules(client)[2]["state"] == "reviewed"
    clock.move_to(factory.NOW.replace(year=2030))
    assert modules(as_user(cast.peer))[1]["state"] == "closed"


def test_a_longer_time_and_the_end_of_taking_part_are_known(cast, as_user, clock):
    later = factory.NOW.replace(year=2027)
    workflow.extend(user=cast.lead, enrolment=cast.enrolment, module=cast.modules[0], due=later, closes=later,
                    reason="Sakit", now=factory.NOW)  # fmt: skip
    assert "2027" in modules(as_user(cast.participant))[1]["due"]
    assert "2027" not in modules(as_user(cast.peer))[1]["due"]
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(status="withdrawn")
    assert not modules(as_user(cast.participant))[1]["mayWrite"]


def test_older_entries_keep_their_own_parts(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    Prompt.objects.filter(module=cast.modules[0], key="penerapan").update(active=False)
    assert len(modules(as_user(cast.participant))[1]["parts"]) == 3
    assert len(modules(as_user(cast.peer))[1]["parts"]) == 2


def test_hidden_modules_are_named_only_where_somebody_wrote_about_them(cast, as_user):
    Module.objects.filter(pk=cast.modules[1].pk).update(published=False)
    assert set(modules(as_user(cast.participant))) == {1}
    factory.draft(cast.enrolment, cast.modules[1])
    assert modules(as_user(cast.participant))[2]["module"] == ""


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_any_number(cast, as_user, django_assert_num_queries, count):
    for number in range(10, 10 + count):
        module = factory.make_module(number)
        factory.make_schedule(cast.cohort, module)
        factory.draft(cast.enrolment, module)
    client = as_user(cast.participant)
    with django_assert_num_queries(6):  # session and user are two of them
        data(client)


def test_scripts_of_strangers_get_a_status(client, db):
    assert client.get(reverse("offline_data"), headers=SCRIPT).status_code == 401
