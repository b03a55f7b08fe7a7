"""An earlier state restored while the same entry is open for writing: both texts are kept, and that is said."""

import pytest

from journals import workflow
from journals.models import Checkpoint, StrayDraft
from tests import factory
from tests.browser.keeping import body, comes_true, open_page, says, write  # noqa: F401 -- fixtures among them

pytestmark = pytest.mark.browser


def test_restoring_and_taking_it_back_by_hand(open_page, enrolment):  # noqa: F811
    entry = factory.draft(enrolment, enrolment.cohort.schedules.get().module)
    earlier = factory.checkpoint(entry)
    page = open_page("entry_history")
    page.click(f".handed a[href$='/riwayat/{earlier.pk}/']")
    assert "mendengarkan" in page.inner_text(".diff ins >> nth=0")
    page.click(".submit-box a")
    page.click("main form button")
    page.wait_for_url("**/riwayat/")
    assert body() == "<p>Dahulu begini.</p>"
    page.click(".notice form button")
    page.wait_for_url("**/riwayat/")
    assert body() == factory.ANSWER


def test_a_page_that_is_open_for_writing_keeps_its_text_beside(open_page, enrolment):  # noqa: F811
    entry = factory.draft(enrolment, enrolment.cohort.schedules.get().module)
    page = open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    workflow.restore(user=enrolment.user, entry=entry, checkpoint=factory.checkpoint(entry), version=1, now=factory.NOW)
    write(page, " Lagi.")
    says(page, "error", "Ada versi lain")
    assert body() == "<p>Dahulu begini.</p>"
    # On a slow machine the first message goes before all of it is typed.
    comes_true(page, lambda: StrayDraft.objects.get().answers["refleksi"].endswith("kepada mereka. Lagi.</p>"))
    assert Checkpoint.objects.get(reason="restore").answers["refleksi"] == factory.ANSWER
