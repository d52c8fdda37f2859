from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsales.errors import DescriptorError
from sheetsales.resources import regulation_folder
from sheetsales.schema import Field, load_regulation
from sheetsales.starter import load_starter, read_starter

REGULATION = load_regulation()
STARTER = load_starter("en")
COMPANY = "company"
every_table = pytest.mark.parametrize("name", STARTER)


@pytest.mark.parametrize("name", sorted(set(STARTER) - {COMPANY}))
def test_starter_rows_leave_nothing_required_blank(name: str) -> None:
    """The company is asked for its own name and tax id."""
    required = [field.name for field in REGULATION.tables[name].fields if field.required]
    blank = [
        (number, field)
        for number, row in enumerate(STARTER[name], start=1)
        for field in required
        if row.get(field) in (None, "", ())
    ]

    assert blank == []


@every_table
def test_starter_rows_use_codes_that_exist(name: str) -> None:
    unknown = [
        (number, field.name, value)
        for number, field, value in cells(name)
        if (enumeration := REGULATION.enumeration_of(field)) and value not in enumeration.codes
    ]

    assert unknown == []


@every_table
def test_starter_rows_keep_to_pattern_length_and_bounds(name: str) -> None:
    wrong = [
        (number, field.name, value)
        for number, field, value in cells(name)
        if not fits(field, value)
    ]

    assert wrong == []


@every_table
def test_starter_rows_refer_to_starter_rows(name: str) -> None:
    dangling = [
        (number, field.name, value)
        for number, field, value in cells(name)
        if field.reference and value not in keys_of(field.reference.table, field.reference.field)
    ]

    assert dangling == []


def test_every_clause_that_the_regulation_names_is_a_starter_row() -> None:
    named = {table.clause for table in REGULATION.tables.values()}
    named |= {kind.clause for kind in REGULATION.documents.values()}

    assert named <= keys_of("clause", "clause_id")


def fits(field: Field, value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= (field.max_length or 255) and (
            field.pattern is None or re.fullmatch(field.pattern, value) is not None
        )
    if isinstance(value, int | float):
        lowest, highest = field.minimum, field.maximum
        return (lowest is None or value >= lowest) and (highest is None or value <= highest)
    return True


def keys_of(table: str, field: str) -> set[object]:
    return {row[field] for row in STARTER.get(table, [])}


def cells(name: str) -> Iterator[tuple[int, Field, object]]:
    """Every single value of a table: row number, field, value."""
    for number, row in enumerate(STARTER[name], start=1):
        for field_name, value in row.items():
            for single in value if isinstance(value, tuple) else (value,):
                yield number, REGULATION.tables[name].by_name[field_name], single


@every_table
def test_starter_keys_are_unique(name: str) -> None:
    key = REGULATION.tables[name].primary_key
    keys = [tuple(row.get(part) for part in key) for row in STARTER[name]]

    assert len(set(keys)) == len(keys)


def test_both_locales_start_with_the_same_rows() -> None:
    chinese = load_starter("zh-Hant")

    assert {name: [set(row) for row in rows] for name, rows in chinese.items()} == {
        name: [set(row) for row in rows] for name, rows in STARTER.items()
    }


def test_simplified_chinese_reads_the_traditional_texts() -> None:
    assert load_starter("zh-Hans") == load_starter("zh-Hant")


def test_every_starter_file_is_loaded() -> None:
    assert set(STARTER) == {path.stem for path in (regulation_folder() / "starter").glob("*.toml")}


def test_texts_lists_and_dates_come_as_python_values(tmp_path: Path) -> None:
    (tmp_path / "audit.toml").write_text(
        "[[row]]\n"
        'sample_plan = { zh-Hant = "抽查", en = "sampled" }\n'
        'methods = ["onsite", "file_review"]\n'
        "scope_from = 2026-07-01\n",
        encoding="utf-8",
    )

    assert read_starter(tmp_path, REGULATION.tables, "en") == {
        "audit": [
            {
                "sample_plan": "sampled",
                "methods": ("onsite", "file_review"),
                "scope_from": datetime.date(2026, 7, 1),
            }
        ]
    }


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("tariff.toml", "", "descriptor-name"),
        ("param.toml", "[[row]", "descriptor-broken"),
        ("param.toml", "[[rows]]\n", "descriptor-unknown-key"),
        ("param.toml", '[[row]]\ncolour = "red"\n', "descriptor-unknown-key"),
    ],
)
def test_a_starter_file_that_does_not_fit_is_refused(
    tmp_path: Path, file: str, text: str, code: str
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")

    with pytest.raises(DescriptorError) as caught:
        read_starter(tmp_path, REGULATION.tables, "en")

    assert caught.value.code == code
    assert caught.value.arguments["file"] == file
