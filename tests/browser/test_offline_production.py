"""The app without a network as it is in production: hashed names, compressed files, no debugging."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.device import cached
from tests.browser.steps import PARTS, editor, sign_in, write
from tests.browser.test_main_job import production  # noqa: F401 -- a fixture

pytestmark = pytest.mark.browser
TEXT = "Ditulis tanpa jaringan."


def test_dashboard_and_writing_work_offline_from_hashed_files(production, visitor):  # noqa: F811
    url, job, log = production
    page = visitor(url, width=360)
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    sign_in(page, job.nip)
    for _try in range(200):
        kept = [urlsplit(address).path for address in cached(page)]
        if any("prose_editor" in path for path in kept) and f"/modul/{job.slug}/" in kept:
            break
        page.wait_for_timeout(100)
    static = [path for path in kept if path.startswith("/static/")]
    assert [path for path in static if not re.search(r"\.[0-9a-f]{12}\.\w+$", path)] == []
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("link", name=job.title).click()
    page.get_by_role("link", name="Tulis").click()
    write(page, TEXT)
    expect(page.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    page.context.set_offline(False)
    expect(page.locator("[data-status][data-tone=ok]")).to_be_visible()
    page.reload()
    for part in PARTS:
        expect(editor(page, part)).to_have_text(TEXT)
    assert not re.search(r"Traceback|ERROR|WARNING", log.read_text())
