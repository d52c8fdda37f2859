"""Large parts flow through: what is done with them is what is done with those in memory."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from sheetsales.errors import WorkbookError
from sheetsales.store import Formula, Workbook, content, layout, package, repack, shared_strings
from sheetsales.store import source as source_module
from sheetsales.store.content import Memory, Streamed, spliced, whole
from sheetsales.store.package import Package
from sheetsales.store.source import Source
from tests.store.books import SHEET, handmade, members, values, worksheet

LARGE = 5_000
SMALL_STEPS = (
    (package, "LARGEST_PART", LARGE),
    (repack, "LARGEST_PART", LARGE),
    (source_module, "SMALL_FILE", 0),
    (source_module, "BLOCK", 700),
    (content, "_PIECE", 900),
    (content, "_CHUNK", 3_000),
    (content, "_SEGMENT", 4_000),
    (layout, "_BLOCK", 1_500),
    (layout, "_SMALL", 0),
    (shared_strings, "_BLOCK", 300),
)


@pytest.fixture
def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every part of some size be streamed, in steps of a few bytes."""
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)


def long_book(path: Path, rows: int = 200) -> Path:
    """Write a book with a Table ``customer`` of four columns."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet("客戶")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    dice = random.Random(11)
    for number in range(1, rows + 1):
        sheet.write_string(number, 0, f"C-{number:06d}")
        sheet.write_string(number, 1, f"客戶{dice.randrange(40)}")
        sheet.write_datetime(number, 2, date(2026, 1, 1 + number % 28), day)
        sheet.write_number(number, 3, dice.randrange(10**6) / 100)
    columns = [{"header": text} for text in ("編號", "名稱", "日期", "金額")]
    sheet.add_table(0, 0, rows, 3, {"name": "customer", "columns": columns})
    sheet.conditional_format(1, 3, rows, 3, {"type": "cell", "criteria": ">", "value": 9})
    book.close()
    return path


def edit(path: Path) -> None:
    with Workbook.open(path) as book:
        table = book.table("customer", key=["編號"])
        table.update({f"C-{n:06d}": {"名稱": f"新{n}", "金額": n} for n in (1, 77, 150, 199, 200)})
        table.append([{"編號": f"N-{n}", "日期": date(2026, 5, 5)} for n in range(60)])
        sheet = book.sheet("客戶")
        sheet.set("H90", Formula("1+1", 2))
        sheet.set("H91", "=文字")
        sheet.set("A400", 5)
        book.save()


@pytest.mark.usefixtures("in_small_steps")
def test_an_edit_in_small_steps_is_an_edit_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a" / "book.xlsx", tmp_path / "b" / "book.xlsx"
    for path in (first, second):
        path.parent.mkdir()
    second.write_bytes(long_book(first).read_bytes())
    edit(first)
    monkeypatch.undo()
    edit(second)
    assert members(first) == members(second)
    assert values(first) == values(second)
    with zipfile.ZipFile(first) as archive:
        assert archive.testzip() is None
        flags = {info.filename: info.flag_bits & 0x8 for info in archive.infolist()}
    assert [name for name, flag in flags.items() if flag] == [SHEET]


@pytest.mark.usefixtures("in_small_steps")
def test_a_streamed_member_is_copied_with_its_sizes_in_its_header(tmp_path: Path) -> None:
    path = long_book(tmp_path / "book.xlsx")
    edit(path)
    with Workbook.open(path) as book:
        out = io.BytesIO()
        repack.write_package(book._parts.package, {"新.xml": b"<a/>"}, out)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert not any(info.flag_bits & 0x8 for info in archive.infolist())
    data = out.getvalue()
    assert data.count(b"PK\x07\x08") == 0


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.usefixtures("in_small_steps")
def test_any_stretch_of_a_streamed_part_can_be_read_again(tmp_path: Path, compression: int) -> None:
    dice = random.Random(3)
    data = b"".join(b'<row r="%d">%d</row>' % (n, dice.randrange(10**9)) for n in range(4_000))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", compression) as archive:
        archive.writestr("part", data)
    whole_file = Package.read(tmp_path / "a.zip")
    part = whole_file.open(whole_file.member("part"))
    assert isinstance(part, Streamed)
    assert part.size == len(data)
    for _ in range(200):
        start = dice.randrange(len(data))
        end = start + dice.randrange(9_000)
        assert part.slice(start, end) == data[start:end]
    assert whole(part) == data
    chunks = list(part.chunks(b"<row "))
    assert b"".join(chunk for _, chunk in chunks) == data
    assert len(chunks) > 10
    assert all(chunk.startswith(b"<row ") for _, chunk in chunks)
    assert [offset for offset, _ in chunks] == [
        sum(len(chunk) for _, chunk in chunks[:number]) for number in range(len(chunks))
    ]


@pytest.mark.usefixtures("in_small_steps")
def test_damage_in_a_streamed_part_is_seen_when_it_has_been_read(tmp_path: Path) -> None:
    path = long_book(tmp_path / "book.xlsx")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(SHEET)
    good, sheet = path.read_bytes(), members(path)[SHEET]
    dice, codes = random.Random(5), []
    for _ in range(60):
        bad = bytearray(good)
        place = info.header_offset + 100 + dice.randrange(info.compress_size - 150)
        bad[place] ^= 1 << dice.randrange(8)
        path.write_bytes(bad)
        try:
            edit(path)
        except WorkbookError as error:
            codes.append(error.code)
        else:  # a copy from another place where the same bytes stand
            path.write_bytes(bad)
            assert members(path)[SHEET] == sheet
    assert len(codes) > 50
    assert set(codes) == {"workbook-broken"}


@pytest.mark.usefixtures("in_small_steps")
def test_an_odd_layout_is_taken_into_memory(tmp_path: Path) -> None:
    rows = "".join(f'<row><c t="inlineStr"><is><t>列{n}</t></is></c></row>' for n in range(900))
    path = handmade(tmp_path, worksheet(rows))
    with Workbook.open(path) as book:
        assert book.sheet("表").get("A899") == "列898"
        book.sheet("表").set("A900", "新")
        book.save()
    assert values(path)[899] == ["新"]


@pytest.mark.usefixtures("in_small_steps")
def test_one_row_without_a_number_among_many_is_refused_not_guessed(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 900))
    rows = rows.replace('<row r="500">', "<row>")
    path = handmade(tmp_path, worksheet(rows))
    before = path.read_bytes()
    with Workbook.open(path) as book, pytest.raises(WorkbookError) as caught:
        book.sheet("表").set("A500", 2)
    assert caught.value.code == "sheet-row-order"
    assert path.read_bytes() == before


def test_edits_are_put_in_wherever_the_blocks_are_cut() -> None:
    data = bytes(range(256)) * 4
    dice = random.Random(9)
    for _ in range(300):
        places = sorted(dice.sample(range(len(data) + 1), 6))
        new = [dice.randbytes(dice.randrange(40)) for _ in range(3)]
        edits = [(places[2 * n], places[2 * n + 1], new[n]) for n in range(3)]
        edits.append((edits[1][0], edits[1][0], b"first"))
        edits.append((edits[1][0], edits[1][0], b"second"))
        wanted = b""
        position = 0
        for start, end, text in (edits[0], edits[3], edits[4], edits[1], edits[2]):
            wanted += data[position:start] + text
            position = end
        wanted += data[position:]
        cuts = sorted(dice.sample(range(1, len(data)), 5))
        assert b"".join(spliced(_Cut(data, cuts), edits)) == wanted
        assert b"".join(spliced(Memory(data), edits)) == wanted


class _Cut(Memory):
    """A content that comes in given pieces."""

    def __init__(self, data: bytes, cuts: list[int]) -> None:
        super().__init__(data)
        self.cuts = [0, *cuts, len(data)]

    def blocks(self):
        for start, end in zip(self.cuts, self.cuts[1:], strict=False):
            yield start, self.slice(start, end)


def zip64(path: Path) -> bytes:
    """Return a zip file made again with every field that can be wide as wide as can be."""
    out, entries = bytearray(), bytearray()
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        packed = {info.filename: archive.read(info) for info in infos}
    for name, data in packed.items():
        encoded, crc, offset = name.encode(), zipfile.crc32(data), len(out)
        sizes = struct.pack("<2H2Q", 1, 16, len(data), len(data))
        out += struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1,
            len(encoded), len(sizes),
        ) + encoded + sizes + data  # fmt: skip
        wide = struct.pack("<2H3Q", 1, 24, len(data), len(data), offset)
        other = struct.pack("<2H4s", 0xCAFE, 4, b"abcd")
        entries += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 45, 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1,
            len(encoded), len(other + wide), 0, 0, 0, 0, 2**32 - 1,
        ) + encoded + other + wide  # fmt: skip
    start, count = len(out), len(packed)
    out += entries
    end = len(out)
    out += struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(entries), start
    )
    out += struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    out += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return bytes(out)


def test_a_zip64_file_is_read_and_edited(tmp_path: Path) -> None:
    path = long_book(tmp_path / "book.xlsx")
    before = members(path)
    path.write_bytes(zip64(path))
    edit(path)
    after = members(path)
    changed = {name for name in before if before[name] != after[name]}
    assert changed >= {SHEET, "xl/tables/table1.xml"}
    assert changed <= {SHEET, "xl/tables/table1.xml", "xl/styles.xml", "xl/workbook.xml"}
    assert list(after) == list(before)
    assert values(path)[1][1] == "新1"


@pytest.mark.parametrize("cut", ["locator", "record", "field"])
def test_a_damaged_zip64_file_is_refused(tmp_path: Path, cut: str) -> None:
    path = long_book(tmp_path / "book.xlsx")
    data = zip64(path)
    sign = {"locator": b"PK\x06\x07", "record": b"PK\x06\x06", "field": b"\x01\x00\x18\x00"}[cut]
    path.write_bytes(data.replace(sign, b"\0\0\0\0"))
    with pytest.raises(WorkbookError) as caught:
        Workbook.open(path)
    assert caught.value.code == "workbook-broken"


@pytest.mark.parametrize(("limit", "many"), [(3_000, 100), (2**32 - 1, 5)])
def test_zip64_is_written_where_sizes_or_counts_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, many: int
) -> None:
    path = long_book(tmp_path / "book.xlsx")
    monkeypatch.setattr(repack, "_NARROW", limit)
    monkeypatch.setattr(repack, "_FEW", many)
    for value in ("甲", "乙"):
        with Workbook.open(path) as book:
            book.sheet("客戶").set("B3", value)
            book.save()
        assert values(path)[2][1] == value
        assert path.read_bytes().count(b"PK\x06\x06") == 1
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
    monkeypatch.undo()
    edit(path)
    assert b"PK\x06\x06" not in path.read_bytes()


@pytest.mark.usefixtures("in_small_steps")
def test_a_streamed_part_that_is_too_wide_gets_a_wide_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long_book(tmp_path / "book.xlsx")
    monkeypatch.setattr(repack, "_NARROW", 4_000)
    edit(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.getinfo(SHEET).extract_version == 45
    with Workbook.open(path) as book:
        assert book.sheet("客戶").get("A400") == 5.0


def test_the_file_that_was_opened_is_read_to_the_end_although_it_was_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_module, "SMALL_FILE", 0)
    path = long_book(tmp_path / "book.xlsx")
    held = Source.open(path)
    before = path.read_bytes()
    path.unlink()
    path.write_bytes(b"other")
    assert held.read(0, held.size) == before
    assert held.reader().read() == before


_MEASURED = """
import sys
from sheetsales.store import Workbook
book = Workbook.open(sys.argv[1])
table = book.table("customer", key=["編號"])
table.update({f"C-{n:06d}": {"名稱": "新"} for n in range(1, 20_000, 200)})
with open(sys.argv[2], "wb") as out:
    book.write_to(out)
from pathlib import Path
book.check_written(Path(sys.argv[2]))
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process's own peak")
def test_memory_does_not_grow_with_a_streamed_sheet(tmp_path: Path) -> None:
    path = long_book(tmp_path / "book.xlsx", 60_000)
    streamed = _MEASURED.replace(
        "book =",
        "from sheetsales.store import package, repack, content\n"
        "package.LARGEST_PART = repack.LARGEST_PART = 100_000\n"
        "content._CHUNK = content._SEGMENT = 1 << 18\n"
        "content._PIECE = 1 << 16\nbook =",
        1,
    )
    peaks = [
        int(
            subprocess.run(
                [sys.executable, "-c", code, str(path), str(tmp_path / "out.xlsx")],
                capture_output=True, check=True, text=True,
            ).stdout
        )
        for code in (streamed, _MEASURED)
    ]  # fmt: skip
    assert peaks[0] < peaks[1]
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(SHEET).file_size
    assert (peaks[1] - peaks[0]) * 1024 > part // 2  # the part itself is never held


@pytest.mark.usefixtures("in_small_steps")
def test_a_hundred_cells_cost_no_more_passes_than_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long_book(tmp_path / "book.xlsx")
    passes: list[str] = []
    blocks = Streamed.blocks

    def counted(self: Streamed) -> Iterator[tuple[int, bytes]]:
        passes.append(self._member.name)
        return blocks(self)

    monkeypatch.setattr(Streamed, "blocks", counted)
    counts = []
    for cells in (1, 100):
        passes.clear()
        with Workbook.open(path) as book:
            sheet = book.sheet("客戶")
            for row in range(2, 2 + cells):
                sheet.set(f"B{row}", f"新{row}")
                assert sheet.get(f"A{row}") == f"C-{row - 1:06d}"
        counts.append(len(passes))
    assert counts[0] == counts[1] > 0
