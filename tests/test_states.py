from __future__ import annotations

import tomllib
from typing import Any

import pytest

from sheetsales.resources import regulation_folder
from sheetsales.schema import LOCALES, load_regulation
from sheetsales.starter import load_starter

REGULATION = load_regulation()
MACHINES: dict[str, dict[str, Any]] = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((regulation_folder() / "states").glob("*.toml"))
}
ACTORS = {*REGULATION.enumerations["role"].codes, "engine"}
every_machine = pytest.mark.parametrize("name", MACHINES)


def test_every_state_column_has_its_machine() -> None:
    governed = {(table, MACHINES[name]["field"]) for name in MACHINES for table in tables_of(name)}
    columns = {
        (table.name, field.name)
        for table in REGULATION.tables.values()
        for field in table.fields
        if field.enumeration in MACHINES
    }

    assert governed == columns


@every_machine
def test_a_machine_says_nothing_unknown(name: str) -> None:
    machine = MACHINES[name]

    assert set(machine) == {"tables", "field", "clause", "terminal", "transition"}
    for transition in machine["transition"]:
        assert set(transition) - {"guard", "effect"} == {"from", "to", "action", "roles"}
        for text in (transition.get("guard"), transition.get("effect")):
            assert text is None or (set(text) == set(LOCALES) and all(text.values()))


@every_machine
def test_a_machine_follows_a_clause_of_the_regulation(name: str) -> None:
    assert MACHINES[name]["clause"] in {row["clause_id"] for row in load_starter("en")["clause"]}


@every_machine
def test_a_machine_moves_between_the_codes_of_its_enumeration(name: str) -> None:
    machine = MACHINES[name]
    codes = set(REGULATION.enumerations[name].codes)

    assert {state for pair in moves(name) for state in pair if state} == codes
    assert set(machine["terminal"]) <= codes


@every_machine
def test_only_terminal_states_have_no_exit(name: str) -> None:
    codes = set(REGULATION.enumerations[name].codes)
    left = {before for before, _ in moves(name)}

    assert codes - left == set(MACHINES[name]["terminal"])


@every_machine
def test_every_state_can_be_reached_from_a_new_row(name: str) -> None:
    reached, frontier = {""}, {""}
    while frontier:
        frontier = {after for before, after in moves(name) if before in frontier} - reached
        reached |= frontier

    assert reached == {"", *REGULATION.enumerations[name].codes}


@every_machine
def test_an_action_leads_to_one_state(name: str) -> None:
    taken = [
        (before, transition["action"])
        for transition in MACHINES[name]["transition"]
        for before in transition["from"] or [""]
    ]

    assert len(set(taken)) == len(taken)


@every_machine
def test_every_transition_has_somebody_who_may_make_it(name: str) -> None:
    for transition in MACHINES[name]["transition"]:
        assert transition["roles"]
        assert set(transition["roles"]) <= ACTORS


def tables_of(name: str) -> list[str]:
    tables: list[str] = MACHINES[name]["tables"]
    return tables


def moves(name: str) -> list[tuple[str, str]]:
    return [
        (before, transition["to"])
        for transition in MACHINES[name]["transition"]
        for before in transition["from"] or [""]
    ]
