"""What a writer with a mistake in it would have written is never taken for what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookError
from sheetsales.store import Formula, Workbook, repack, sheet_edit
from sheetsales.store.content import Edit
from sheetsales.store.verify import same_bytes
from sheetsales.store.xml_writing import sheet_edits
from tests.store.books import staff_book

Mistake = Callable[[list[Edit]], list[Edit]]


def _row_edits(edits: list[Edit]) -> list[int]:
    return [number for number, edit in enumerate(edits) if b"<row" in edit[2]]


def swallowed_row(edits: list[Edit]) -> list[Edit]:
    """Let the last edit of a row reach over the row behind it."""
    number = _row_edits(edits)[0]
    start, end, new = edits[number]
    edits[number] = (start, end + 400, new)
    return edits


def forgotten(edits: list[Edit]) -> list[Edit]:
    """Write nothing at all."""
    del edits[:]
    return edits


def changed(old: bytes, new: bytes) -> Mistake:
    """Return a mistake in the bytes of a row."""

    def make(edits: list[Edit]) -> list[Edit]:
        return [(start, end, re.sub(old, new, text, count=1)) for start, end, text in edits]

    return make


def doubled(edits: list[Edit]) -> list[Edit]:
    """Write a row twice."""
    number = _row_edits(edits)[0]
    start, end, new = edits[number]
    edits[number] = (start, end, new + new)
    return edits


MISTAKES: dict[str, Mistake] = {
    "a row is swallowed": swallowed_row,
    "nothing is written": forgotten,
    "a row is doubled": doubled,
    "the cell of a neighbour is lost": changed(rb'<c r="B6"[^>]*>.*?</c>', b""),
    "the cell of a neighbour is another": changed(rb'(<c r="B6"[^>]*><v>)\d+', rb"\g<1>0"),
    "the number of the row is another": changed(rb'<row r="6"', b'<row r="7"'),
    "the cell has another address": changed(rb'r="C6"', b'r="D6"'),
    "the text is another": changed("新名".encode(), "舊名".encode()),
    "the text became a formula": changed(
        rb't="inlineStr"><is><t>[^<]*</t></is>', b't="str"><f>1+1</f><v>2</v>'
    ),
    "the formula of a neighbour is lost": changed(rb"<f>[^<]*</f>", b""),
    "the tag is not closed": changed(rb"</row>", b""),
    "the row is no XML": changed(rb"</c>", b"</d>"),
}


def verdict(path: Path, mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the code with which a save by such a writer is refused."""
    monkeypatch.setattr(sheet_edit, "sheet_edits", lambda *given: mistake(sheet_edits(*given)))
    out = path.with_name("written.xlsx")
    with Workbook.open(path) as book:
        book.table("customer").update_rows({6: {"名稱": "新名"}})
        book.sheet("客戶").set("H2", Formula("1+1", 2))
        with out.open("wb") as file:
            book.write_to(file)
        with pytest.raises(WorkbookError) as caught:
            book.check_written(out)
    return caught.value.code


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_writer_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = staff_book(tmp_path / "book.xlsx", rows=6)
    code = verdict(path, MISTAKES[name], monkeypatch)
    assert code in ("workbook-not-written", "workbook-part", "workbook-broken")


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_of_the_writer_is_seen_in_a_streamed_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("sheetsales.store.package.LARGEST_PART", 1_000)
    monkeypatch.setattr(repack, "LARGEST_PART", 1_000)
    path = staff_book(tmp_path / "book.xlsx", rows=6)
    code = verdict(path, MISTAKES[name], monkeypatch)
    assert code in ("workbook-not-written", "workbook-part", "workbook-broken")


def test_a_writer_without_mistakes_is_believed(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx", rows=6)
    out = tmp_path / "written.xlsx"
    with Workbook.open(path) as book:
        book.table("customer").update_rows({6: {"名稱": "新名"}})
        book.sheet("客戶").set("H2", Formula("1+1", 2))
        book.sheet("客戶").set("F5", 5)
        with out.open("wb") as file:
            book.write_to(file)
        book.check_written(out)
    with Workbook.open(out) as book:
        assert book.sheet("客戶").get("C6") == "新名"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ([], [], True),
        ([b"", b"abc"], [b"a", b"", b"bc"], True),
        ([b"abc"], [b"ab"], False),
        ([b"ab"], [b"abc"], False),
        ([b"abc"], [b"ab", b"d"], False),
        ([memoryview(b"abc")], [b"abc", b""], True),
        ([bytes(600_000)], [bytes(300_000), bytes(300_000)], True),
        ([bytes(600_000)], [bytes(300_000), bytes(299_999) + b"1"], False),
    ],
)
def test_streams_are_compared_however_they_are_cut(
    first: list[bytes], second: list[bytes], same: bool
) -> None:
    assert same_bytes(first, second) is same
