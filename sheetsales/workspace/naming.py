"""What rows, fields, values and steps of a score are called in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from sheetsales.locale.conversion import to_simplified
from sheetsales.locale.formats import format_period, format_quantity
from sheetsales.locale.labels import label, title
from sheetsales.locale.messages import Messages
from sheetsales.schema import KEY_JOINER
from sheetsales.scores import SCORES
from sheetsales.scores.derivation import PARAMETER_TABLE
from sheetsales.tables import reference_labels

if TYPE_CHECKING:
    from sheetsales.schema import Field, Table
    from sheetsales.scores import Component, Input
    from sheetsales.scores.formulas import Value
    from sheetsales.workspace.folder import Workspace

_SCORED_TABLES = ("class_result", "appraisal", "order", "customer", "enrollment", "audit")
"""Tables whose fields also name the steps of other scores."""
_CLASSES = ("value_class", "behavior_class", "need_class")
"""Enumerations whose codes stand for themselves on the way to a class."""
_ALIKE = {"suggested_opinion": "opinion"}
"""Fields that take the same values as a step of another name."""
_CLASS_FIELD = "class_code"
_AREA, _CRITICAL, _PERIOD_LENGTH = "area_", "-critical", 6


class Names:
    """Titles and texts for one reader.

    Args:
        workspace: whose rows are named.
        locale: language of the reader.
        score: name of the score whose steps are named.
    """

    def __init__(self, workspace: Workspace, locale: str, score: str) -> None:
        self._workspace = workspace
        self._locale = locale
        self._home = SCORES[score].table
        self.messages = Messages.load(locale)

    def row(self, table: str, key: str) -> str:
        """Return a row's title: its own label, else those of what it refers to, else nothing."""
        own = self._labels.get(table, {}).get(key)
        if own is not None:
            return own
        described = self._workspace.regulation.tables[table]
        parts = zip(described.primary_key, key.split(KEY_JOINER), strict=False)
        targets = ((described.by_name[name].reference, part) for name, part in parts)
        found = (self._labels.get(one.table, {}).get(part) for one, part in targets if one)
        return (" " if self._locale == "en" else "・").join(filter(None, found))

    def step(self, node: Component) -> str:
        """Return the title of a step of a derivation."""
        table, _, key = node.subject.partition(":")
        if table not in self._workspace.regulation.tables:
            return self._plain_step(node.name)
        if node.name == key:
            return self.of(self.row(table, key) or self._table(table), key)
        name = "critical" if node.name == f"{key}{_CRITICAL}" else node.name
        return self.of(
            self._plain_step(name), self.row(table, key) or f"{self._table(table)} {key}"
        )

    def of(self, name: str, subject: str) -> str:
        """Return a name with what it is about in brackets."""
        return self.messages.text("explain-of", name=name, subject=subject)

    def cell(self, cell: Input) -> str:
        """Return the title of a cell that a score reads."""
        if cell.table not in self._workspace.regulation.tables:
            return self.messages.text(f"argument-{cell.field}")
        table = self._workspace.regulation.tables[cell.table]
        if cell.table == PARAMETER_TABLE:
            return f"{self._table(cell.table)} {cell.key.partition(KEY_JOINER)[0]}"
        return self.messages.text(
            "explain-cell",
            table=self._table(cell.table),
            key=cell.key,
            field=self._cell_field(cell, table),
        )

    def step_value(self, node: Component) -> str:
        """Return the value of a step as people read it."""
        return self.value(node.value, self._field(_ALIKE.get(node.name, node.name)))

    def cell_value(self, cell: Input) -> str:
        """Return the value of a cell as people read it."""
        table = self._workspace.regulation.tables.get(cell.table)
        field = table.by_name.get(cell.field) if table else None
        # The class that a rule gives is a code of one of three lists, which depends on the rule.
        return self.value(cell.value, None if cell.field == _CLASS_FIELD else field)

    def value(self, value: Value, field: Field | None = None) -> str:
        """Return a value as people read it: label, 是/否, number without idle zeros, date."""
        if value is None or value == "":
            return self.messages.text("explain-blank")
        if isinstance(value, bool):
            return self.messages.text(f"explain-{'yes' if value else 'no'}")
        if isinstance(value, Decimal):
            unit = "%" if field is not None and field.unit == "%" else ""
            return format_quantity(value, unit)
        if isinstance(value, date):
            return value.isoformat()
        return self._label(value, field)

    def weight(self, weight: Decimal | None, siblings: list[Decimal]) -> str:
        """Return a weight in per cent; weights up to one are shares of one."""
        if weight is None:
            return ""
        scale = 100 if max(siblings) <= 1 else 1
        return self.messages.text("explain-weight", percent=format_quantity(weight * scale))

    def _label(self, code: str, field: Field | None) -> str:
        regulation = self._workspace.regulation
        if field is not None and field.enumeration is not None:
            return label(regulation, field.enumeration, code, self._locale)
        for name in _CLASSES if field is None else ():
            if code in regulation.enumerations[name].codes:
                return label(regulation, name, code, self._locale)
        return code

    def _cell_field(self, cell: Input, table: Table) -> str:
        if cell.field in table.by_name:
            return title(table.by_name[cell.field].title, self._locale)
        return self._plain_step(cell.field)

    def _plain_step(self, name: str) -> str:
        if name.startswith(_AREA):
            area = label(
                self._workspace.regulation, "audit_area", name.removeprefix(_AREA), self._locale
            )
            return self.messages.text("component-area", area=area)
        if name.isdecimal() and len(name) == _PERIOD_LENGTH:
            return format_period(name, self._locale)
        code = f"component-{name}"
        own = self._workspace.regulation.tables[self._home].by_name.get(name)
        written = self.messages.text(code)
        if own is None and written != code:
            return written
        field = own or self._field(name)
        if field is not None:
            return title(field.title, self._locale)
        return label(self._workspace.regulation, "class_metric", name, self._locale)

    def _field(self, name: str) -> Field | None:
        """Return the field that a step is called after: of the scored table, else of another."""
        tables = self._workspace.regulation.tables
        for table in (self._home, *_SCORED_TABLES):
            if name in tables[table].by_name:
                return tables[table].by_name[name]
        return None

    def _table(self, name: str) -> str:
        return title(self._workspace.regulation.tables[name].title, self._locale)

    @cached_property
    def _labels(self) -> Mapping[str, Mapping[str, str]]:
        space = self._workspace
        return reference_labels(space.regulation, space.tables, self._locale, to_simplified)
