"""Tags and values in the properties of a document."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import docx

from sheetsales.word import Record, Template, read_properties
from tests.word.docx_files import part, template, with_parts

MOMENT = datetime(2026, 3, 13, 8, 30, tzinfo=UTC)


def test_tags_in_core_properties_are_filled_and_times_set_or_kept(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.subject = "{{ name }}"
    document.core_properties.created = datetime(2020, 1, 2, tzinfo=UTC)
    document.save(str(tmp_path / "t.docx"))
    made = Template(tmp_path / "t.docx")
    for moment, created in ((MOMENT, MOMENT), (None, datetime(2020, 1, 2, tzinfo=UTC))):
        blob = made.render_bytes(Record({"name": "A&B\n甲"}, {}, moment))
        found = docx.Document(BytesIO(blob)).core_properties
        assert (found.subject, found.created) == ("A&B\n甲", created)


def test_tags_in_custom_properties_are_filled_beside_those_of_the_record(tmp_path: Path) -> None:
    out = tmp_path / "first.docx"
    template(tmp_path, "x").render({}, out, properties={"a": "{{ name }}", "b": "kept"})
    second = tmp_path / "second.docx"
    Template(out).render({"name": "<甲>"}, second, properties={"c": "{{ name }}"})
    assert read_properties(second) == {"a": "<甲>", "b": "kept", "c": "{{ name }}"}


def test_a_template_without_core_properties_is_rendered(tmp_path: Path) -> None:
    source = template(tmp_path, "{{ a }}").path
    package = Template(source).package
    parts = {name: package.content(name) for name in package.members if "core" not in name}
    parts["_rels/.rels"] = b"".join(
        piece for piece in _pieces(parts["_rels/.rels"]) if b"core" not in piece
    )
    copy = with_parts(source, parts)
    blob = Template(copy).render_bytes(Record({"a": "x"}, {}, MOMENT))
    assert b">x<" in part(blob, "word/document.xml")


def _pieces(blob: bytes) -> list[bytes]:
    return blob.replace(b"<Relationship ", b"\0<Relationship ").replace(b"/>", b"/>\0").split(b"\0")
