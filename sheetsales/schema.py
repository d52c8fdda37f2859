"""The regulation as frozen Python objects, read from the TOML files below ``regulation/``.

Descriptors speak the words of the Frictionless Table Schema (Data Package v2): ``name title
description primaryKey foreignKeys fields`` and, per field, ``name type format title description
constraints categories``. Our own keys are few:

* table: ``workbook`` (stem of the book it lives in), ``clause`` (clause it implements), ``items``
  (S01…S62), ``label_field`` (what stands behind the key in a reference cell), ``position`` (order
  of the sheets in the book), ``engine`` (true: written by the engine alone);
* field: ``computed`` (written by the engine only), ``unit`` (``money``, ``%``, a word), ``width``
  (characters), ``personal`` (personal data);
* enumeration: ``open`` (the company may extend the list).

An unknown key is a :class:`~sheetsales.errors.DescriptorError` that names file and field.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from sheetsales.errors import DescriptorError
from sheetsales.resources import regulation_folder

KEY_JOINER = "/"
"""Joins the parts of a primary key in its one-line form."""
LABEL_SEPARATOR = "｜"
"""Stands between key and label in a reference cell."""
LIST_SEPARATOR = ";"
"""Stands between several values in one cell."""
LOCALES = ("zh-Hant", "en")
"""The locales that descriptors are written in; zh-Hans is derived from zh-Hant."""
WORKBOOKS = (
    "org",
    "market",
    "customer",
    "plan",
    "sales",
    "contract",
    "service",
    "performance",
    "talent",
    "governance",
)
"""Stems of the standard workbooks in the order in which people read them."""

_TYPES = frozenset({"string", "integer", "number", "boolean", "date", "datetime", "list"})
_TABLE_KEYS = frozenset(
    "name title description primaryKey foreignKeys fields workbook clause items label_field "
    "position engine".split()
)
_FIELD_KEYS = frozenset(
    "name type format title description constraints categories computed unit width personal".split()
)
_CONSTRAINTS = frozenset("required unique minimum maximum maxLength pattern enum".split())
_GENERATED_KEY = re.compile(r"([A-Z]+)-\[0-9\]\{6\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the locales that descriptors are written in."""

    zh_hant: str
    en: str

    def written(self, locale: str) -> str:
        """Return the text as written for the locale; every Chinese locale reads zh-Hant."""
        return self.en if locale == "en" else self.zh_hant


@dataclass(frozen=True, slots=True)
class Option:
    """One value of an enumeration: the code that programs see and the label that people see."""

    code: str
    label: Text


@dataclass(frozen=True)
class Enumeration:
    """A closed list of values, or an ``open`` one that the company extends in table ``enum``."""

    name: str
    options: tuple[Option, ...]
    open: bool = False

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes in order."""
        return tuple(option.code for option in self.options)

    def label(self, code: str, locale: str) -> str:
        """Return the label of a code as written for a locale; an unknown code stays itself."""
        for option in self.options:
            if option.code == code:
                return option.label.written(locale)
        return code


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference: the table and the field of it that the values must exist in."""

    table: str
    field: str


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Attributes:
        name: field name, the same in every layer.
        type: string, integer, number, boolean, date, datetime or list (values joined by ``;``).
        title: header of the column.
        description: help shown to the staff.
        required: whether a row needs a value.
        unique: whether values may not repeat.
        minimum: lowest number allowed.
        maximum: highest number allowed.
        max_length: most characters of a text; above 255 the column is a wrapped note.
        pattern: regular expression that a whole text must match.
        enumeration: name of the list of values, for enumerated fields.
        reference: what a foreign key points to.
        computed: whether only the engine writes it.
        unit: ``money``, ``%`` or a word shown with the number.
        width: column width in characters, when the default does not fit.
        personal: whether it is personal data.
    """

    name: str
    type: str
    title: Text
    description: Text
    required: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    pattern: str | None = None
    enumeration: str | None = None
    reference: ForeignKey | None = None
    computed: bool = False
    unit: str | None = None
    width: int | None = None
    personal: bool = False

    @property
    def many(self) -> bool:
        """Whether a cell holds several values."""
        return self.type == "list"

    @property
    def is_note(self) -> bool:
        """Whether the column holds long, wrapped text."""
        return self.type == "string" and (self.max_length or 0) > 255

    @property
    def is_text(self) -> bool:
        """Whether cells hold plain text (no number, date, yes/no, list, label or reference)."""
        return self.type == "string" and self.enumeration is None and self.reference is None


@dataclass(frozen=True)
class Table:
    """One table of the data model: one Excel Table on one sheet of one workbook."""

    name: str
    title: Text
    description: Text
    workbook: str
    primary_key: tuple[str, ...]
    fields: tuple[Field, ...]
    clause: str = ""
    items: tuple[str, ...] = ()
    label_field: str | None = None
    position: int = 0
    engine: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Field names in column order."""
        return tuple(field.name for field in self.fields)

    @cached_property
    def computed(self) -> tuple[str, ...]:
        """Names of the fields that only the engine writes."""
        return tuple(field.name for field in self.fields if field.computed)

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The fields that point to another row."""
        return tuple(field for field in self.fields if field.reference is not None)

    @cached_property
    def key_prefix(self) -> str | None:
        """Prefix of generated keys (``C`` for ``C-000001``); None where people give the key."""
        if len(self.primary_key) != 1:
            return None
        match = _GENERATED_KEY.fullmatch(self.by_name[self.primary_key[0]].pattern or "")
        return match.group(1) if match else None

    @property
    def staff_filled(self) -> bool:
        """Whether rows come from people rather than from the engine."""
        return not self.engine


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document: name, code of the regulation, the table its records come from."""

    name: str
    code: str
    title: Text
    table: str
    clause: str
    file_name: str
    """Pattern of file names, with fields of the context in braces."""


@dataclass(frozen=True)
class Regulation:
    """The whole regulation as data."""

    tables: Mapping[str, Table]
    enumerations: Mapping[str, Enumeration]
    documents: Mapping[str, DocumentKind]

    def of_workbook(self, stem: str) -> tuple[Table, ...]:
        """Return the tables of a workbook in sheet order."""
        found = [table for table in self.tables.values() if table.workbook == stem]
        return tuple(sorted(found, key=lambda table: (table.position, table.name)))

    @cached_property
    def workbooks(self) -> tuple[str, ...]:
        """Stems of the workbooks that hold at least one table."""
        used = {table.workbook for table in self.tables.values()}
        return tuple(stem for stem in WORKBOOKS if stem in used)

    def enumeration_of(self, field: Field) -> Enumeration | None:
        """Return the enumeration of a field, if it has one."""
        return None if field.enumeration is None else self.enumerations[field.enumeration]


@lru_cache(maxsize=1)
def load_regulation() -> Regulation:
    """Return the shipped regulation, read once."""
    return read_regulation(regulation_folder())


def read_regulation(folder: Path) -> Regulation:
    """Return the regulation described by the TOML files of a folder.

    Raises:
        DescriptorError: a file holds an unknown key, type, enumeration or reference.
    """
    enumerations = _read_enumerations(folder / "enums.toml")
    tables = {
        table.name: table
        for table in (_read_table(path) for path in sorted((folder / "tables").glob("*.toml")))
    }
    _refuse_dangling(tables, enumerations)
    return Regulation(tables, enumerations, _read_documents(folder / "documents.toml"))


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise DescriptorError("descriptor-broken", file=path.name, reason=str(error)) from error


def _refuse_unknown(path: Path, where: str, given: Iterable[str], known: Iterable[str]) -> None:
    for key in given:
        if key not in known:
            raise DescriptorError("descriptor-unknown-key", file=path.name, where=where, key=key)


def _text(path: Path, where: str, value: object) -> Text:
    if not isinstance(value, dict) or set(value) != set(LOCALES):
        raise DescriptorError("descriptor-text", file=path.name, where=where)
    return Text(value["zh-Hant"], value["en"])


def _read_table(path: Path) -> Table:
    raw = _load(path)
    _refuse_unknown(path, path.stem, raw, _TABLE_KEYS)
    if raw.get("name") != path.stem:
        raise DescriptorError("descriptor-name", file=path.name, name=raw.get("name"))
    references = {
        key["fields"][0]: ForeignKey(key["reference"]["resource"], key["reference"]["fields"][0])
        for key in raw.get("foreignKeys", [])
    }
    fields = tuple(_read_field(path, field, references) for field in raw["fields"])
    return Table(
        name=raw["name"],
        title=_text(path, "title", raw["title"]),
        description=_text(path, "description", raw["description"]),
        workbook=raw["workbook"],
        primary_key=tuple(raw["primaryKey"]),
        fields=fields,
        clause=raw.get("clause", ""),
        items=tuple(raw.get("items", [])),
        label_field=raw.get("label_field"),
        position=raw.get("position", 0),
        engine=raw.get("engine", False),
    )


def _read_field(path: Path, raw: dict[str, Any], references: Mapping[str, ForeignKey]) -> Field:
    name = raw["name"]
    _refuse_unknown(path, name, raw, _FIELD_KEYS)
    constraints = raw.get("constraints", {})
    _refuse_unknown(path, name, constraints, _CONSTRAINTS)
    if raw["type"] not in _TYPES:
        raise DescriptorError("descriptor-type", file=path.name, where=name, type=raw["type"])
    return Field(
        name=name,
        type=raw["type"],
        title=_text(path, name, raw["title"]),
        description=_text(path, name, raw["description"]),
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        max_length=constraints.get("maxLength"),
        pattern=constraints.get("pattern"),
        enumeration=raw.get("categories"),
        reference=references.get(name),
        computed=raw.get("computed", False),
        unit=raw.get("unit"),
        width=raw.get("width"),
        personal=raw.get("personal", False),
    )


def _read_enumerations(path: Path) -> dict[str, Enumeration]:
    found = {}
    for name, raw in _load(path).items():
        _refuse_unknown(path, name, raw, {"open", "options"})
        options = tuple(
            Option(code, _text(path, f"{name}.{code}", label))
            for code, label in raw["options"].items()
        )
        found[name] = Enumeration(name, options, raw.get("open", False))
    return found


def _read_documents(path: Path) -> dict[str, DocumentKind]:
    found = {}
    for name, raw in _load(path).items():
        _refuse_unknown(path, name, raw, {"code", "title", "table", "clause", "file_name"})
        found[name] = DocumentKind(
            name=name,
            code=raw["code"],
            title=_text(path, name, raw["title"]),
            table=raw["table"],
            clause=raw["clause"],
            file_name=raw["file_name"],
        )
    return found


def _refuse_dangling(tables: Mapping[str, Table], enumerations: Mapping[str, Enumeration]) -> None:
    for table in tables.values():
        file = f"{table.name}.toml"
        for field in table.fields:
            if field.enumeration is not None and field.enumeration not in enumerations:
                raise DescriptorError(
                    "descriptor-enum", file=file, where=field.name, name=field.enumeration
                )
            target = field.reference
            if target and (
                target.table not in tables or target.field not in tables[target.table].by_name
            ):
                raise DescriptorError(
                    "descriptor-reference", file=file, where=field.name, name=target.table
                )
        for name in (*table.primary_key, *filter(None, [table.label_field])):
            if name not in table.by_name:
                raise DescriptorError("descriptor-key", file=file, where=name)
