"""A descriptor says only what it may say; a mistake names the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetsales.errors import DescriptorError
from sheetsales.schema import Regulation, load_regulation, read_regulation

TABLE = """
name = "thing"
title = { zh-Hant = "物", en = "Thing" }
description = { zh-Hant = "說明", en = "What it is." }
workbook = "sales"
primaryKey = ["thing_id"]
label_field = "colour"
foreignKeys = [{ fields = ["part_of"], reference = { resource = "thing", fields = ["thing_id"] } }]

[[fields]]
name = "thing_id"
type = "string"
title = { zh-Hant = "編號", en = "Number" }
description = { zh-Hant = "說明", en = "Given by the engine." }
constraints = { required = true, pattern = "TH-[0-9]{6}", maxLength = 9 }

[[fields]]
name = "colour"
type = "list"
title = { zh-Hant = "顏色", en = "Colour" }
description = { zh-Hant = "說明", en = "One or more." }
categories = "colour"

[[fields]]
name = "part_of"
type = "string"
title = { zh-Hant = "屬於", en = "Part of" }
description = { zh-Hant = "說明", en = "The whole." }

[[fields]]
name = "note"
type = "string"
title = { zh-Hant = "備註", en = "Note" }
description = { zh-Hant = "說明", en = "Anything else." }
computed = true
constraints = { maxLength = 2000 }
"""
ENUMS = 'colour = { open = true, options = { red = { zh-Hant = "紅", en = "Red" } } }\n'
DOCUMENTS = """
[leaflet]
code = "D99"
title = { zh-Hant = "單張", en = "Leaflet" }
table = "thing"
clause = "一"
file_name = "{number}"
"""


def _regulation(
    folder: Path, table: str = TABLE, enums: str = ENUMS, documents: str = DOCUMENTS
) -> Regulation:
    (folder / "tables").mkdir()
    for name, text in (("tables/thing", table), ("enums", enums), ("documents", documents)):
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return read_regulation(folder)


def test_a_table_knows_its_fields_by_what_they_are(tmp_path: Path) -> None:
    table = _regulation(tmp_path).tables["thing"]
    assert table.names == ("thing_id", "colour", "part_of", "note")
    assert (table.key_prefix, table.computed, table.staff_filled) == ("TH", ("note",), True)
    assert [field.name for field in table.references] == ["part_of"]
    fields = table.by_name
    assert [fields[name].is_text for name in table.names] == [True, False, False, True]
    assert (fields["colour"].many, fields["note"].is_note) == (True, True)
    assert fields["thing_id"].is_note is False


def test_a_regulation_finds_the_tables_of_a_workbook_and_the_values_of_a_field(
    tmp_path: Path,
) -> None:
    regulation = _regulation(tmp_path)
    table = regulation.tables["thing"]
    assert (regulation.workbooks, regulation.of_workbook("sales")) == (("sales",), (table,))
    assert regulation.of_workbook("org") == ()
    colours = regulation.enumeration_of(table.by_name["colour"])
    assert colours is not None
    assert (colours.codes, colours.open) == (("red",), True)
    assert regulation.enumeration_of(table.by_name["note"]) is None


@pytest.mark.parametrize(
    ("code", "locale", "label"),
    [("red", "zh-Hant", "紅"), ("red", "zh-Hans", "紅"), ("red", "en", "Red"), ("x", "en", "x")],
)
def test_a_label_is_written_for_the_locale(
    code: str, locale: str, label: str, tmp_path: Path
) -> None:
    assert _regulation(tmp_path).enumerations["colour"].label(code, locale) == label


def test_a_document_kind_says_which_table_its_records_come_from(tmp_path: Path) -> None:
    assert _regulation(tmp_path).documents["leaflet"].table == "thing"


def test_a_key_of_several_parts_or_of_another_pattern_is_given_by_people(tmp_path: Path) -> None:
    several = TABLE.replace('["thing_id"]\nlabel', '["thing_id", "part_of"]\nlabel')
    assert _regulation(tmp_path, several).tables["thing"].key_prefix is None
    (tmp_path / "other").mkdir()
    given = TABLE.replace("TH-[0-9]{6}", "[A-Z]+")
    assert _regulation(tmp_path / "other", given).tables["thing"].key_prefix is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('name = "thing"', "name = ", "descriptor-broken"),
        ('name = "thing"', 'name = "thong"', "descriptor-name"),
        ('workbook = "sales"', 'workbook = "sales"\nwhen = "x"', "descriptor-unknown-key"),
        ('type = "list"', 'type = "list"\ndefault = "x"', "descriptor-unknown-key"),
        ("required = true", "required = true, minLength = 1", "descriptor-unknown-key"),
        ('type = "list"', 'type = "colour"', "descriptor-type"),
        ('{ zh-Hant = "物", en = "Thing" }', '{ en = "Thing" }', "descriptor-text"),
        ('{ zh-Hant = "物", en = "Thing" }', '"Thing"', "descriptor-text"),
        ('categories = "colour"', 'categories = "taste"', "descriptor-enum"),
        ('resource = "thing"', 'resource = "other"', "descriptor-reference"),
        (
            'resource = "thing", fields = ["thing_id"]',
            'resource = "thing", fields = ["x"]',
            "descriptor-reference",
        ),
        ('label_field = "colour"', 'label_field = "shape"', "descriptor-key"),
        ('primaryKey = ["thing_id"]', 'primaryKey = ["id"]', "descriptor-key"),
    ],
)
def test_a_mistake_in_a_table_names_its_file(old: str, new: str, code: str, tmp_path: Path) -> None:
    assert old in TABLE
    with pytest.raises(DescriptorError) as caught:
        _regulation(tmp_path, TABLE.replace(old, new, 1))
    assert (caught.value.code, caught.value.arguments["file"]) == (code, "thing.toml")


@pytest.mark.parametrize(
    ("enums", "documents", "file"),
    [
        (ENUMS.replace("open", "shut"), DOCUMENTS, "enums.toml"),
        (ENUMS, f'{DOCUMENTS}colour = "red"\n', "documents.toml"),
    ],
)
def test_an_unknown_key_elsewhere_names_its_file(
    enums: str, documents: str, file: str, tmp_path: Path
) -> None:
    with pytest.raises(DescriptorError) as caught:
        _regulation(tmp_path, TABLE, enums, documents)
    assert caught.value.code == "descriptor-unknown-key"
    assert caught.value.arguments["file"] == file


def test_the_shipped_regulation_is_read_once() -> None:
    assert load_regulation() is load_regulation()
