"""Reading and checking the catalogue file, without touching the database.

`read` gives the rows in the order in which they can be written, or raises `CatalogueError` with every
problem found, each with the file and the path of the key it is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from curriculum.prose import paragraphs

CATALOGUE = Path(__file__).resolve().parent / "catalogue" / "berakhlak.yaml"
FORMAT = 1
FEWEST = {"values": 7, "modules": 10}
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


class CatalogueError(Exception):
    """The file cannot be loaded; `problems` holds one line for each reason."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Text:
    """A key that holds words. `rich`: plain paragraphs here, HTML in the database."""

    required: bool = True
    longest: int = 4000
    rich: bool = False
    pattern: re.Pattern | None = None
    url: bool = False


@dataclass(frozen=True)
class Number:
    """A key that holds a whole number, both limits included."""

    low: int
    high: int


@dataclass(frozen=True)
class Codes:
    """A key that holds a list of codes of another kind."""

    kind: str


@dataclass(frozen=True)
class Kind:
    """One kind of item: its model, its keys and the lists below it."""

    model: str
    keys: dict[str, Text | Number | Codes]
    children: dict[str, str] = field(default_factory=dict)  # key -> field of the child that points back
    limits: tuple[str, str] = ("", "")  # two number keys of which the first may not be the greater
    placed: bool = True  # its order is its place in the list


NAME = Text(longest=80, pattern=SLUG)
KINDS: dict[str, Kind] = {
    "values": Kind(
        "Value",
        {
            "order": Number(1, 99),
            "letters": Text(longest=3),
            "name": Text(longest=80),
            "definition": Text(),
            "definition_law": Text(required=False),
            "affirmation": Text(),
        },
        {"keywords": "value", "behaviours": "value"},
        placed=False,
    ),
    "keywords": Kind("Keyword", {"text": Text(longest=80)}),
    "behaviours": Kind("Behaviour", {"text": Text(), "text_law": Text(required=False)}),
    "modules": Kind(
        "Module",
        {
            "number": Number(1, 99),
            "slug": NAME,
            "title": Text(longest=120),
            "summary": Text(required=False, rich=True),
            "values": Codes("values"),
        },
        {"objectives": "module", "topics": "module", "prompts": "module", "materials": "module"},
        placed=False,
    ),
    "objectives": Kind("Objective", {"text": Text()}),
    "topics": Kind(
        "Topic", {"heading": Text(longest=160), "body": Text(required=False, rich=True)}, {"points": "topic"}
    ),
    "points": Kind("Point", {"term": Text(longest=160), "description": Text(required=False)}),
    "prompts": Kind(
        "Prompt",
        {
            "key": Text(longest=40, pattern=SLUG),
            "title": Text(longest=120),
            "help": Text(required=False, rich=True),
            "min_words": Number(0, 5000),
            "max_words": Number(1, 5000),
        },
        {"questions": "prompt"},
        limits=("min_words", "max_words"),
    ),
    "questions": Kind("GuidingQuestion", {"text": Text()}),
    "materials": Kind("Material", {"title": Text(longest=160), "url": Text(longest=200, url=True)}),
}
TOP = ("values", "modules", "topics")  # topics at the top belong to no module
# Each of these must differ between the items of one kind (for prompts: of one module).
UNIQUE = {"values": ("order",), "modules": ("number", "slug"), "prompts": ("key",)}


@dataclass
class Row:
    """One item of the file as the database shall hold it; references are codes."""

    model: str
    code: str
    path: str
    fields: dict[str, Any]
    parent: tuple[str, str] | None = None  # field, code
    codes: dict[str, list[str]] = field(default_factory=dict)  # many-to-many field -> codes


class _Loader(yaml.SafeLoader):
    """YAML without surprises: the same key twice in one place is an error, not the last one silently."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands here twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path) -> Any:
    """The data of a YAML file. Raises CatalogueError when it cannot be read or is no YAML."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 -- a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError([f"{path}: cannot be read: {error}"]) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f":{where.line + 1}" if where else ""
        raise CatalogueError([f"{path}{line}: is not YAML: {getattr(error, 'problem', error)}"]) from error


def read(path: Path = CATALOGUE) -> list[Row]:
    """All rows of the file, parents before children. Raises CatalogueError with every problem."""
    data = load_yaml(path)
    reading = _Reading()
    reading.file(data)
    if reading.problems:
        raise CatalogueError([f"{path}: {problem}" for problem in reading.problems])
    return reading.rows


class _Reading:
    """One pass over a file: rows and problems are collected side by side."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.problems: list[str] = []
        self.taken: dict[tuple, str] = {}

    def problem(self, path: str, text: str) -> None:
        self.problems.append(f"{path}: {text}" if path else text)

    def file(self, data: Any) -> None:
        if not isinstance(data, dict):
            return self.problem("", f"must be a mapping with the keys format, {', '.join(TOP)}")
        self.unknown("", data, {"format", *TOP})
        if data.get("format") != FORMAT:
            self.problem("format", f"must be {FORMAT}, is {data.get('format')!r}")
        for key in TOP:
            self.items(key, key, data.get(key), None)
            count = len(data[key]) if isinstance(data.get(key), list) else 0
            if count < FEWEST.get(key, 0):
                self.problem(key, f"needs at least {FEWEST[key]} items, has {count}")
        self.references()
        return None

    def items(self, kind: str, path: str, value: Any, parent: tuple[str, str] | None) -> None:
        if value is None:
            return
        if not isinstance(value, list):
            self.problem(path, f"must be a list, is {_type(value)}")
            return
        for position, item in enumerate(value):
            self.item(kind, f"{path}[{position}]", item, parent, position + 1)

    def item(self, kind: str, path: str, item: Any, parent: tuple[str, str] | None, order: int) -> None:
        spec = KINDS[kind]
        if not isinstance(item, dict):
            return self.problem(path, f"must be a mapping, is {_type(item)}")
        self.unknown(path, item, {"code", *spec.keys, *spec.children})
        code = self.text(f"{path}.code", item.get("code"), NAME)
        if code:
            self.once((kind, "code", code), f"{path}.code", f"the code {code!r}")
        fields: dict[str, Any] = {"order": order} if spec.placed else {}
        codes: dict[str, list[str]] = {}
        for key, rule in spec.keys.items():
            where = f"{path}.{key}"
            if isinstance(rule, Codes):
                codes[key] = self.code_list(where, item.get(key))
            elif isinstance(rule, Number):
                fields[key] = self.number(where, item.get(key), rule)
            else:
                fields[key] = self.text(where, item.get(key), rule)
        low, high = (fields.get(name) for name in spec.limits)
        if low is not None and high is not None and low > high:
            self.problem(f"{path}.{spec.limits[1]}", f"is {high}, below {spec.limits[0]} ({low})")
        for key in UNIQUE.get(kind, ()):
            if fields.get(key) not in (None, ""):
                scope = parent if kind == "prompts" else None
                self.once((kind, key, scope, fields[key]), f"{path}.{key}", f"{key} {fields[key]!r}")
        self.rows.append(Row(spec.model, code, path, fields, parent, codes))
        for key, back in spec.children.items():
            self.items(key, f"{path}.{key}", item.get(key), (back, code))
        return None

    def unknown(self, path: str, item: dict, known: set[str]) -> None:
        for key in item:
            if key not in known:
                self.problem(f"{path}.{key}".lstrip("."), f"unknown key; known here: {', '.join(sorted(known))}")

    def once(self, what: tuple, path: str, words: str) -> None:
        first = self.taken.setdefault(what, path)
        if first != path:
            self.problem(path, f"duplicate: {words} is already at {first}")

    def text(self, path: str, value: Any, rule: Text) -> str:
        if value is None or value == "":
            if rule.required:
                self.problem(path, "missing")
            return ""
        if not isinstance(value, str):
            self.problem(path, f"must be text, is {_type(value)}; put it in quotes")
            return ""
        if not value.strip():
            self.problem(path, "is empty")
        elif len(value) > rule.longest:
            self.problem(path, f"has {len(value)} characters, at most {rule.longest} fit")
        elif rule.pattern and not rule.pattern.match(value):
            self.problem(path, f"{value!r} may hold only small letters, digits and single hyphens")
        elif rule.url:
            self.url(path, value)
        return paragraphs(value) if rule.rich else " ".join(value.split())

    def url(self, path: str, value: str) -> None:
        try:
            URLValidator(["http", "https"])(value)
        except ValidationError:
            self.problem(path, f"{value!r} is not an address that starts with http:// or https://")

    def number(self, path: str, value: Any, rule: Number) -> int | None:
        if value is None:
            self.problem(path, "missing")
        elif not isinstance(value, int) or isinstance(value, bool):
            self.problem(path, f"must be a whole number, is {_type(value)}")
        elif not rule.low <= value <= rule.high:
            self.problem(path, f"is {value}, must be from {rule.low} to {rule.high}")
        else:
            return value
        return None

    def code_list(self, path: str, value: Any) -> list[str]:
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            self.problem(path, f"must be a list of codes, is {_type(value)}")
            return []
        return value

    def references(self) -> None:
        for row in self.rows:
            for path, kind, code in _references(row):
                if (kind, "code", code) not in self.taken:
                    self.problem(path, f"unknown reference: no item of {kind} has the code {code!r}")


def _references(row: Row) -> Iterator[tuple[str, str, str]]:
    spec = next(kind for kind in KINDS.values() if kind.model == row.model)
    for key, codes in row.codes.items():
        rule = spec.keys[key]
        if isinstance(rule, Codes):
            for position, code in enumerate(codes):
                yield f"{row.path}.{key}[{position}]", rule.kind, code


def _type(value: Any) -> str:
    names = {
        dict: "a mapping",
        list: "a list",
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number with a fraction",
        type(None): "empty",
    }
    return names.get(type(value), type(value).__name__)
