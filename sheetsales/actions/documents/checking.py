"""Examine templates: our own, those of others, and what they would show of every record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsales.contexts import KINDS, field_paths, keys_of
from sheetsales.contexts.base import DASH, FILL_IN
from sheetsales.errors import SheetsalesError, TemplateError
from sheetsales.locale.labels import title
from sheetsales.schema import load_regulation
from sheetsales.word import Record, Template
from sheetsales.word.checking import shown_fields
from sheetsales.workspace.evidence import build_context

if TYPE_CHECKING:
    from sheetsales.problems import Problem
    from sheetsales.workspace import Workspace

_TABLES = {
    "letterhead": "company",
    "seller": "company",
    "buyer": "customer",
    "customer": "customer",
    "employee": "employee",
    "person": "employee",
    "supervisor": "employee",
    "lines[]": "contract_line",
    "payments[]": "milestone",
    "deadlines[]": "milestone",
    "contacts[]": "contact",
    "key_accounts[]": "key_account",
    "trade.contracts[]": "contract",
    "courses[]": "course",
    "sessions[]": "session",
    "findings[]": "finding",
    "follow_ups[]": "finding",
    "actions[]": "action",
    "checks[]": "audit_check",
    "cycles[]": "cycle",
}
"""What a path lies in, and the table that its values come from."""
_COLUMNS = {
    "no": "line_no",
    "quantity": "qty",
    "company": "name",
    "representative": "legal_rep",
    "due": "due_on",
    "customer_no": "customer_id",
    "size": "size_band",
}
"""Names of fields that differ from those of their columns."""
_BLANKS = frozenset({"", DASH, FILL_IN})


@dataclass(frozen=True, slots=True)
class RecordFindings:
    """What a document of one record would lack.

    Attributes:
        key: the record.
        blanks: paths that the template shows and the record leaves empty, e.g. ``lines[2].spec``.
        error: why there would be no document at all.
    """

    key: str
    blanks: tuple[str, ...] = ()
    error: SheetsalesError | None = None


def check_own_templates(
    workspace: Workspace, kinds: Iterable[str] = (), *, unused: bool = False
) -> dict[Path, list[Problem]]:
    """Return every mistake in the company's own templates, by file.

    Args:
        workspace: whose templates are examined.
        kinds: kinds of document; empty for all.
        unused: whether to name the fields that a template does not show.

    Raises:
        WorkspaceError: a template is missing.
        TemplateError: a template is no Word file.
    """
    found = {}
    for kind in tuple(kinds) or tuple(workspace.regulation.documents):
        path = workspace.template(kind)
        found[path] = check_file(path, kind, locale=workspace.locale, unused=unused)
    return found


def check_file(
    path: Path, kind: str | None = None, *, locale: str = "zh-Hant", unused: bool = False
) -> list[Problem]:
    """Return every mistake of a template of anybody's.

    Args:
        path: the Word file.
        kind: kind of document whose fields it shows; None if it is none of ours, then no field is
            judged.
        locale: language of the titles in suggestions.
        unused: whether to name the fields that it does not show.

    Raises:
        TemplateError: the file is missing or no docx.
    """
    if kind is None:
        return Template(path).check(None)
    fields = field_paths(KINDS[kind].shape)
    return Template(path).check(fields, titles=field_titles(kind, locale), unused=unused)


def sound_template(workspace: Workspace, kind: str) -> Template:
    """Return the company's own template of a kind, to make documents with.

    Raises:
        WorkspaceError: it is missing.
        TemplateError: ``template-mistakes``, it has any; the first one is named.
    """
    template = Template(workspace.template(kind))
    found = template.check(
        field_paths(KINDS[kind].shape), titles=field_titles(kind, workspace.locale)
    )
    errors = [one for one in found if one.severity == "error"]
    if errors:
        raise TemplateError(
            "template-mistakes",
            file=template.path.name,
            kind=kind,
            count=len(errors),
            where=errors[0].arguments.get("where", ""),
            mistake=errors[0],
        )
    return template


def field_titles(kind: str, locale: str = "zh-Hant") -> dict[str, str]:
    """Return what staff call the fields of a kind: ``客戶 名稱``, ``Customer: customer name``.

    Fields that no column stands behind, such as sums, have no title.
    """
    regulation = load_regulation()
    home = regulation.documents[kind].table
    titles = {}
    for path in field_paths(KINDS[kind].shape):
        holder, _, name = path.rpartition(".")
        table = regulation.tables.get(_TABLES.get(holder, home if not holder else ""))
        if table is None:
            continue
        for column in (name, f"{name}_id", f"{name}_on", _COLUMNS.get(name, "")):
            if column in table.by_name:
                field = table.by_name[column]
                titles[path] = _joined(
                    title(table.title, locale), title(field.title, locale), locale
                )
                break
    return titles


def _joined(table: str, column: str, locale: str) -> str:
    if locale != "en":
        return f"{table} {column}"
    # Abbreviations keep their capitals.
    lower = column[:1].lower() + column[1:] if column[1:2].islower() else column
    return f"{table}: {lower}"


def check_records(workspace: Workspace, kind: str, *, as_of: date) -> Iterator[RecordFindings]:
    """Yield what the document of every record of a kind would lack; nothing is written.

    Raises:
        WorkspaceError: the template is missing.
        TemplateError: the template itself cannot be rendered.
    """
    template = Template(workspace.template(kind))
    shown = shown_fields(template)
    for key in keys_of(kind, workspace.frames, as_of=as_of):
        try:
            context = build_context(workspace, kind, key, as_of=as_of, document_no="DOC-000000")
            template.render_bytes(Record(context, {"subject": key}))
        except SheetsalesError as error:
            yield RecordFindings(key, error=error)
            continue
        empty = {shape for _, shape, value in _leaves(context) if not value}
        gaps = {path for path, asked in shown if not asked & empty}
        blanks = (
            path for path, shape, value in _leaves(context) if shape in gaps and _blank(value)
        )
        yield RecordFindings(key, tuple(blanks))


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in _BLANKS)


def _leaves(value: Any, path: str = "", shape: str = "") -> Iterator[tuple[str, str, Any]]:
    """Yield every value with its path, with a number and without one for each item of a list."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            dot = "." if path else ""
            yield from _leaves(inner, f"{path}{dot}{name}", f"{shape}{dot}{name}")
    elif isinstance(value, list | tuple) and value:
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{path}[{number}]", f"{shape}[]")
    else:
        yield path, shape, value
