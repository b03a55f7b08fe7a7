"""Golden cases shared by the Python and the JavaScript tests."""

import json
from pathlib import Path
from typing import Any


def golden(name: str) -> Any:
    """The cases of tests/golden/<name>.json."""
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
