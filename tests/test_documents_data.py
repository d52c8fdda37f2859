from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from sheetsales.resources import regulation_folder
from sheetsales.schema import LOCALES, DocumentKind, load_regulation

REGULATION = load_regulation()
ROLES: dict[str, Any] = tomllib.loads(
    (regulation_folder() / "roles.toml").read_text(encoding="utf-8")
)
RIGHTS = re.compile(r"(R[otda])?(W[otda])?A?X?")


def test_the_six_kinds_of_document_carry_the_codes_of_the_regulation() -> None:
    assert {kind.name: kind.code for kind in REGULATION.documents.values()} == {
        "sales_contract": "D24",
        "target_letter": "D21",
        "score_card": "D15",
        "training_plan": "D10",
        "audit_report": "D58",
        "customer_card": "D36",
    }


@pytest.mark.parametrize("kind", REGULATION.documents.values(), ids=lambda kind: kind.name)
def test_a_document_comes_from_a_table_that_exists(kind: DocumentKind) -> None:
    assert kind.table in REGULATION.tables
    assert kind.name in REGULATION.enumerations["doc_type"].codes
    assert kind.file_name.startswith("{letterhead.document_no} ")


def test_roles_are_named_as_in_their_enumeration() -> None:
    options = REGULATION.enumerations["role"].options

    assert ROLES["role"] == {
        option.code: {"zh-Hant": option.label.zh_hant, "en": option.label.en} for option in options
    }


def test_every_table_stands_in_one_group_of_permissions() -> None:
    grouped = [table for permission in ROLES["permission"] for table in permission["tables"]]

    assert sorted(grouped) == sorted(REGULATION.tables)


@pytest.mark.parametrize("permission", ROLES["permission"], ids=lambda item: item["group"]["en"])
def test_a_group_gives_rights_that_can_be_read_to_roles_that_exist(
    permission: dict[str, Any],
) -> None:
    assert set(permission["role"]) <= set(ROLES["role"])
    assert all(RIGHTS.fullmatch(cell) and cell for cell in permission["role"].values())
    assert set(permission) - {"note"} == {"group", "tables", "role"}
    for text in (permission["group"], permission.get("note")):
        assert text is None or set(text) == set(LOCALES)


@pytest.mark.parametrize("permission", ROLES["permission"], ids=lambda item: item["group"]["en"])
def test_the_auditor_reads_everything(permission: dict[str, Any]) -> None:
    assert permission["role"]["auditor"].startswith("Ra")
