"""The pictures of the guides show the pages as they are today."""

import os
import subprocess
import sys

import pytest

from tests.messages import ROOT

pytestmark = pytest.mark.browser


@pytest.mark.timeout(600)
def test_no_picture_has_gone_stale():
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("BERAKHLAK_", "TEST_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.guide_pictures", "--check"],
        env=kept,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
