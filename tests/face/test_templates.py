"""What no template may contain under our content security policy, and what each must spell right."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_nothing_inline(template):
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.DOTALL)
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"<script(?![^>]*\b(?:src|nonce)=)", text)
    assert not re.search(r"hx-on|javascript:", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_the_name_is_spelt_right(template):
    found = set(re.findall(r"\bberakhlak\b(?![./_])", template.read_text(), flags=re.IGNORECASE))
    assert found <= {"BerAKHLAK"}
