from __future__ import annotations

import pytest

from sheetsales.store.error_cells import find_error_cells
from tests.store.books import worksheet


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ('<row r="2"><c r="B2" t="e"><v>#N/A</v></c></row>', {(2, 2): "#N/A"}),
        ('<row r="2"><c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>', {(2, 2): "#DIV/0!"}),
        ("<row r='2'><c r='B2' t='e'><v>#REF!</v></c></row>", {(2, 2): "#REF!"}),
        ('<row><c/><c t="e"><v>#NAME?</v></c></row>', {(1, 2): "#NAME?"}),
        ('<row r="2"><c r="B2" t="e"/></row>', {(2, 2): ""}),
        ('<row r="2"><c r="B2" t="inlineStr"><is><t>t="e"</t></is></c></row>', {}),
        ('<row r="1"><c r="A1" t="inlineStr"><is><t><![CDATA[<c t="e">]]></t></is></c></row>', {}),
        ('<row r="1"><c r="A1"><v>1</v></c></row>', {}),
    ],
)
def test_error_cells_are_found_in_any_layout(rows: str, found: dict[tuple[int, int], str]) -> None:
    assert find_error_cells(worksheet(rows).encode(), "p") == found


def test_prefixed_sheets_are_searched_too() -> None:
    xml = b'<x:worksheet><x:c r="C3" t="e"><x:v>#NULL!</x:v></x:c></x:worksheet>'
    assert find_error_cells(xml, "p") == {(3, 3): "#NULL!"}


def test_a_mark_on_another_element_is_looked_at_closely() -> None:
    rows = '<row r="1"><c r="A1" t="e"><v>#NUM!</v></c></row>'
    assert find_error_cells(worksheet(rows, after='<p t="e"/>').encode(), "p") == {(1, 1): "#NUM!"}
