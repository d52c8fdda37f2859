"""PLN-04 and CON-07: what was approved or signed stays as it was seen then.

The state that was seen is a seal: the guarded values of the row and of the rows that belong to it.
Whoever writes the workbooks keeps the seals (:func:`rows_to_seal`); the rules compare.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sheetsales.checks.computed import cell_texts, shown_value
from sheetsales.checks.rules import Context, Finding, Sealed, rule
from sheetsales.schema import LIST_SEPARATOR

if TYPE_CHECKING:
    from sheetsales.tables import TableData, Tables

PARTS = "@parts"
"""Entry of a seal: the keys of the rows that belonged to the sealed row."""
AMENDMENTS = "@amendments"
"""Entry of a seal: the keys of the signed supplements that its values already contain."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Guard:
    """What may not change any more once a row has reached one of some states.

    Attributes:
        table: table of the row.
        states: the states from which on it is guarded.
        fields: its guarded fields.
        parts: table of the rows that belong to it and are guarded with it.
        owner: field of those rows that names the row.
        part_fields: their guarded fields.
    """

    table: str
    states: frozenset[str]
    fields: tuple[str, ...]
    parts: str
    owner: str
    part_fields: tuple[str, ...]


PLAN = Guard(
    table="sales_plan",
    states=frozenset({"approved", "executing", "closed", "superseded"}),
    fields=(
        *("name", "period", "unit_id", "version", "strategy_id"),
        *("target_revenue", "target_profit", "target_new_customers"),
        *("product_strategy", "promo_plan", "assumptions"),
    ),
    parts="target",
    owner="plan_id",
    part_fields=(
        *("plan_id", "subject_type", "subject_id", "kpi_id", "category_id", "period"),
        *("target_value", "stretch_value", "month_weight_pct"),
    ),
)
CONTRACT = Guard(
    table="contract",
    states=frozenset(
        {
            *("signed", "performing", "changing", "suspended"),
            *("terminating", "terminated", "completed", "expired"),
        }
    ),
    fields=(
        *("party_type", "party_id", "amount", "tax_rate", "currency"),
        *("start_on", "end_on", "signed_on"),
    ),
    parts="contract_line",
    owner="contract_id",
    part_fields=("product_id", "spec", "qty", "price"),
)
GUARDS = (PLAN, CONTRACT)
_SUPPLEMENT = "supplement"


@rule("PLN-04", clause="四-1-b")
def find_changed_plans(context: Context) -> Iterator[Finding]:
    """An approved plan and its targets stay as they are; a change is a new version."""
    yield from _find_changed(context, PLAN)


@rule("CON-07", clause="六-1/3.1(1)")
def find_changed_contracts(context: Context) -> Iterator[Finding]:
    """After signing, amount, party, dates and lines change only by a signed supplement."""
    yield from _find_changed(context, CONTRACT)


def rows_to_seal(tables: Tables, sealed: Sealed) -> dict[str, dict[str, dict[str, str]]]:
    """Return the seals that are missing: rows approved since, and rows amended by a supplement.

    A row is sealed together with the rows that belong to it, and only when all their keys are
    there and stand once.

    Args:
        tables: every table of the regulation.
        sealed: the seals so far.
    """
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for guard in GUARDS:
        now = _State.of(tables, guard)
        for key in now.sealable(guard):
            before = sealed.get(guard.table, {}).get(key)
            if before is not None and not (
                now.free_amendments(key, before) and now.differs(key, before, sealed, guard)
            ):
                continue
            found[guard.table][key] = now.seal(key)
            for part in now.parts_of[key]:
                found[guard.parts][part] = now.parts.texts(part)
    return dict(found)


def unguarded_keys(tables: Tables, guard: Guard) -> set[str]:
    """Return the keys of rows that are in none of the guarded states."""
    data = tables[guard.table]
    states = cell_texts(data.frame["state"])
    pairs = zip(data.keys(), states, strict=True)
    return {key for key, state in pairs if key and state not in guard.states}


class _Rows:
    """The guarded values of a table's rows by key, as far as keys stand once."""

    def __init__(self, data: TableData, fields: tuple[str, ...]) -> None:
        keys = data.keys()
        times = Counter(keys)
        self.all_keys = keys
        self.data = data
        self.fields = fields
        self.positions = {key: at for at, key in enumerate(keys) if key and times[key] == 1}
        self._texts = {field: cell_texts(data.frame[field]) for field in fields}

    def texts(self, key: str) -> dict[str, str]:
        """Return a row's guarded values; what could not be read is left out."""
        at = self.positions[key]
        return {
            field: self._texts[field][at]
            for field in self.fields
            if at not in self.data.rejected.get(field, {})
        }

    def changes(self, key: str, before: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Yield field, old and new text of each guarded value that is not what it was."""
        for field, new in self.texts(key).items():
            if field in before and before[field] != new:
                yield field, before[field], new


@dataclass(frozen=True, slots=True)
class _State:
    """What guarded rows, and the rows that belong to them, say today."""

    owners: _Rows
    parts: _Rows
    parts_of: Mapping[str, list[str]]
    states: list[str]
    amendments: Mapping[str, list[str]]

    @classmethod
    def of(cls, tables: Tables, guard: Guard) -> _State:
        owners = _Rows(tables[guard.table], guard.fields)
        parts = _Rows(tables[guard.parts], guard.part_fields)
        parts_of: dict[str, list[str]] = defaultdict(list)
        named = cell_texts(tables[guard.parts].frame[guard.owner])
        for key, owner in zip(parts.all_keys, named, strict=True):
            parts_of[owner].append(key)
        states = cell_texts(tables[guard.table].frame["state"])
        return cls(owners, parts, parts_of, states, _amendments(tables, guard, states))

    def sealable(self, guard: Guard) -> Iterator[str]:
        for key, at in self.owners.positions.items():
            single = all(part in self.parts.positions for part in self.parts_of[key])
            if self.states[at] in guard.states and single:
                yield key

    def seal(self, key: str) -> dict[str, str]:
        """Return the seal of a row as it is today."""
        return {
            **self.owners.texts(key),
            PARTS: LIST_SEPARATOR.join(sorted(self.parts_of[key])),
            AMENDMENTS: LIST_SEPARATOR.join(sorted(self.amendments.get(key, ()))),
        }

    def free_amendments(self, key: str, before: Mapping[str, str]) -> set[str]:
        """Return the signed supplements that no seal contains yet: each allows one change."""
        return {*self.amendments.get(key, ())} - _listed(before, AMENDMENTS)

    def differs(self, key: str, before: Mapping[str, str], sealed: Sealed, guard: Guard) -> bool:
        """Whether anything guarded is not what it was."""
        known = sealed.get(guard.parts, {})
        return (
            any(self.owners.changes(key, before))
            or {*self.parts_of[key]} != _listed(before, PARTS)
            or any(
                any(self.parts.changes(part, known.get(part, {}))) for part in self.parts_of[key]
            )
        )


def _amendments(tables: Tables, guard: Guard, states: list[str]) -> dict[str, list[str]]:
    """Return the signed supplements of each contract; plans have none."""
    found: dict[str, list[str]] = defaultdict(list)
    if guard is not CONTRACT:
        return found
    data = tables[guard.table]
    kinds, parents = (cell_texts(data.frame[name]) for name in ("contract_type", "parent_id"))
    for key, kind, parent, state in zip(data.keys(), kinds, parents, states, strict=True):
        if kind == _SUPPLEMENT and parent and key and state in guard.states:
            found[parent].append(key)
    return found


def _listed(seal: Mapping[str, str], entry: str) -> set[str]:
    return set(filter(None, seal.get(entry, "").split(LIST_SEPARATOR)))


def _find_changed(context: Context, guard: Guard) -> Iterator[Finding]:
    sealed = context.evidence.sealed
    seals = sealed.get(guard.table, {})
    if not seals:
        return
    now = _State.of(context.tables, guard)
    for key, before in seals.items():
        at = now.owners.positions.get(key)
        if at is None:
            continue
        if now.states[at] not in guard.states:
            arguments = {"state": now.states[at]}
            yield Finding(guard.table, at, "state", "reopened", arguments)
        if not now.free_amendments(key, before):
            yield from _changes(context, now.owners, key, before)
            yield from _changed_parts(context, guard, now, key)


def _changed_parts(context: Context, guard: Guard, now: _State, owner: str) -> Iterator[Finding]:
    """Find rows of a sealed row that were changed, added or taken away."""
    sealed = context.evidence.sealed.get(guard.parts, {})
    listed = _listed(context.evidence.sealed[guard.table][owner], PARTS)
    for part in sorted(listed):
        if part in now.parts.positions:
            yield from _changes(context, now.parts, part, sealed.get(part, {}))
        elif part not in now.parts.all_keys:
            at = now.owners.positions[owner]
            yield Finding(guard.table, at, "", "gone", {"part": part})
    for part in now.parts_of[owner]:
        if part in now.parts.positions and part not in listed:
            at = now.parts.positions[part]
            yield Finding(guard.parts, at, "", "added", {"owner": owner})


def _changes(
    context: Context, rows: _Rows, key: str, before: Mapping[str, str]
) -> Iterator[Finding]:
    at, data = rows.positions[key], rows.data
    locale = data.books[int(data.book_numbers[at])].locale
    for name, old, new in rows.changes(key, before):
        field = data.table.by_name[name]
        old_shown, new_shown = (
            shown_value(text, field, context.regulation, locale) for text in (old, new)
        )
        arguments = {"old": _short(old_shown), "new": _short(new_shown)}
        yield Finding(data.table.name, at, name, "", arguments)


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]}…"
    return value
