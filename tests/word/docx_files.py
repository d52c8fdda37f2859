"""Small Word files for tests, written as people would write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import docx

from sheetsales.word import Template


def template(
    folder: Path,
    *paragraphs: str,
    header: str = "",
    rows: Sequence[Sequence[str]] = (),
    name: str = "template.docx",
) -> Template:
    """Return a template with some paragraphs, a table and a header."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for cells, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    path = folder / name
    document.save(str(path))
    return Template(path)


def paragraphs(content: bytes | Path) -> list[str]:
    """Return the texts of the paragraphs of a Word file."""
    source = BytesIO(content) if isinstance(content, bytes) else str(content)
    return [paragraph.text for paragraph in docx.Document(source).paragraphs]


def cells(content: bytes) -> list[list[str]]:
    """Return the texts of the cells of the first table of a Word file."""
    return [
        [cell.text for cell in row.cells] for row in docx.Document(BytesIO(content)).tables[0].rows
    ]


def part(content: bytes, name: str) -> bytes:
    """Return one part of a Word file."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(name)


def with_parts(path: Path, parts: Mapping[str, bytes]) -> Path:
    """Return a copy of a Word file with parts replaced or added."""
    copy = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return copy
