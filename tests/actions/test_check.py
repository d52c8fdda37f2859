from __future__ import annotations

from sheetsales.actions.check import check
from sheetsales.workspace import Workspace
from tests.small import AS_OF, FAULT, state_of


def found(folder, **options):
    report = check(Workspace.open(folder), as_of=AS_OF, **options)
    return [(one.code, one.table, one.key, one.field) for one in report]


def test_what_is_wrong_is_found_and_nothing_is_written(small):
    before = state_of(small)
    assert found(small) == [FAULT]
    assert state_of(small) == before


def test_only_the_named_tables_are_reported_on(small):
    assert found(small, tables=("customer",)) == [FAULT]
    assert found(small, tables=("order", "contract")) == []
