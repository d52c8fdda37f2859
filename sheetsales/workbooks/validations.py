"""What a cell accepts and what the staff are told about it, as Excel data validations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sheetsales.schema import LIST_SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheetsales.workbooks.columns import Column
    from sheetsales.workbooks.lists import DropList

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
"""Excel's limits for the texts of a validation."""

_FIRST_DAY = date(1950, 1, 1)
_LAST_DAY = date(2199, 12, 31)
"""A number typed by mistake is a day outside of these."""
_LARGEST = 999_999_999_999

Validation = dict[str, Any]
"""Options of XlsxWriter's ``data_validation``."""


def validation_of(column: Column, lists: Mapping[tuple[str, str], DropList]) -> Validation:
    """Return the validation of a column.

    Args:
        column: the column.
        lists: the workbook's lists by kind and name.
    """
    return {**_rule(column, lists), **_input_message(column)}


def help_text(column: Column) -> str:
    """Return what the staff read when they enter a cell: what to write, and in which form."""
    parts = [column.wording.title(column.field.description), *_remarks(column)]
    return _fitting([part for part in parts if part])


def _rule(column: Column, lists: Mapping[tuple[str, str], DropList]) -> Validation:
    field = column.field
    if column.is_locked:
        return {"validate": "custom", "value": "=FALSE", **_alarm(column, "locked")}
    if field.enumeration is not None:
        enumeration = column.wording.enumeration(field)
        stops = not field.many and enumeration is not None and not enumeration.open
        return _choice(column, lists["enum", field.enumeration], stops=stops)
    if field.reference is not None:
        return _choice(column, lists["table", field.reference.table], stops=False)
    return _typed_rule(column)


def _choice(column: Column, drop_list: DropList, *, stops: bool) -> Validation:
    rule: Validation = {"validate": "list", "source": f"={drop_list.defined_name}"}
    return rule | (_alarm(column, "choice") if stops else {"show_error": False})


def _typed_rule(column: Column) -> Validation:
    field = column.field
    if field.type == "boolean":
        options = [column.wording.yes, column.wording.no]
        return {"validate": "list", "source": options, **_alarm(column, "choice")}
    if field.type in ("integer", "number"):
        return _number_rule(column)
    if field.type in ("date", "datetime"):
        rule = {"validate": "date", "criteria": "between"}
        limits = {"minimum": _FIRST_DAY, "maximum": _LAST_DAY}
        return {**rule, **limits, **_alarm(column, field.type)}
    if field.is_text and field.max_length is not None and not field.is_note:
        rule = {"validate": "length", "criteria": "<="}
        alarm = _alarm(column, "length", most=field.max_length)
        return {**rule, "value": field.max_length, **alarm}
    return {"validate": "any"}


def _number_rule(column: Column) -> Validation:
    field = column.field
    low = -_LARGEST if field.minimum is None else field.minimum
    high = _LARGEST if field.maximum is None else field.maximum
    return {
        "validate": "integer" if field.type == "integer" else "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        **_alarm(column, field.type, **_limits(column)),
    }


def _alarm(column: Column, code: str, **arguments: object) -> Validation:
    message = column.wording.text(f"refused-{code}", **arguments)
    return {
        "error_title": _cut(column.header, TITLE_LIMIT),
        "error_message": _cut(message, MESSAGE_LIMIT),
    }


def _limits(column: Column) -> dict[str, object]:
    low, high = column.field.minimum, column.field.maximum
    say = column.wording.text
    if low is not None and high is not None:
        return {"range": say("range-between", low=low, high=high)}
    if low is not None:
        return {"range": say("range-from", low=low)}
    return {"range": "" if high is None else say("range-to", high=high)}


def _input_message(column: Column) -> Validation:
    message = help_text(column)
    if not message:
        return {}
    return {"input_title": _cut(column.header, TITLE_LIMIT), "input_message": message}


def _remarks(column: Column) -> list[str]:
    field, say = column.field, column.wording.text
    remarks = []
    if column.is_locked:
        remarks.append(say("help-locked"))
    elif column.must_be_filled:
        remarks.append(say("help-required"))
    if field.many:
        remarks.append(say("help-many", separator=LIST_SEPARATOR))
    return remarks


def _fitting(parts: list[str]) -> str:
    """Return the parts as lines; where they are too long together, the first one is cut."""
    if not parts:
        return ""
    rest = "".join(f"\n{part}" for part in parts[1:])
    return _cut(parts[0], MESSAGE_LIMIT - len(rest)) + rest


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
