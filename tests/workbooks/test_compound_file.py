"""What is written as a compound file is read back by an independent reader, and well formed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import olefile
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsales.workbooks.compound_file import Storage, compound_file

SIZES = (0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 100_000)
NONE, RED, BLACK = 0xFFFFFFFF, 0, 1

names = st.text(
    st.characters(exclude_characters="/\\:!", min_codepoint=33, max_codepoint=0x24F),
    min_size=1,
    max_size=31,
)
streams = st.builds(
    lambda size, seed: bytes((seed + at * at) & 0xFF for at in range(size)),
    st.sampled_from(SIZES[:-1]),
    st.integers(0, 255),
)
storages = st.dictionaries(
    names, st.one_of(streams, st.dictionaries(names, streams, max_size=9)), max_size=17
)


class Entry(NamedTuple):
    name: str
    kind: int
    colour: int
    left: int
    right: int
    child: int
    times: tuple[int, int]


def _paths(
    storage: Storage, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], bytes]]:
    for name, content in storage.items():
        if isinstance(content, bytes):
            yield (*above, name), content
        else:
            yield from _paths(content, (*above, name))


def _is_ambiguous(storage: Storage) -> bool:
    upper = [name.upper() for name in storage]
    inner = (one for one in storage.values() if not isinstance(one, bytes))
    return len(set(upper)) < len(upper) or any(map(_is_ambiguous, inner))


def _entries(data: bytes) -> list[Entry]:
    """Read the directory by its chain of sectors, without the library."""
    fats = struct.unpack_from("<I", data, 44)[0]
    fat = [
        number
        for sector in struct.unpack_from(f"<{fats}I", data, 76)
        for number in struct.unpack_from("<128I", data, 512 * (sector + 1))
    ]
    sector = struct.unpack_from("<I", data, 48)[0]
    raw = b""
    while sector != 0xFFFFFFFE:
        raw += data[512 * (sector + 1) : 512 * (sector + 2)]
        sector = fat[sector]
    return [_entry(raw[at : at + 128]) for at in range(0, len(raw), 128)]


def _entry(raw: bytes) -> Entry:
    name, size, kind, colour, left, right, child = struct.unpack_from("<64sHBBIII", raw)
    times = struct.unpack_from("<QQ", raw, 100)
    return Entry(
        name[: max(0, size - 2)].decode("utf-16-le"), kind, colour, left, right, child, times
    )


def _in_order(entries: list[Entry], at: int) -> list[str]:
    if at == NONE:
        return []
    node = entries[at]
    return [*_in_order(entries, node.left), node.name, *_in_order(entries, node.right)]


def _black_height(entries: list[Entry], at: int, above: int = BLACK) -> int:
    """Return the black nodes on every way down; fail where ways differ or two reds follow."""
    if at == NONE:
        return 1
    node = entries[at]
    assert (above, node.colour) != (RED, RED)
    left, right = (_black_height(entries, one, node.colour) for one in (node.left, node.right))
    assert left == right
    return left + node.colour


def _order(name: str) -> tuple[int, str]:
    return len(name), "".join(c.upper() if len(c.upper()) == 1 else c for c in name)


@given(storages)
@example({f"s{size}": bytes(size) for size in SIZES})
@example({"VBA": {"dir": b"x" * 4096, "empty": b""}, "PROJECT": b"p"})
@example({})
def test_every_stream_is_read_back(storage: dict[str, bytes | Mapping[str, bytes]]) -> None:
    if _is_ambiguous(storage):
        return
    with olefile.OleFileIO(compound_file(storage)) as file:
        found = {tuple(path): file.openstream(path).read() for path in file.listdir()}
        assert file.parsing_issues == []
    assert found == dict(_paths(storage))


@given(storages)
def test_the_directory_of_each_storage_is_a_sorted_red_black_tree(
    storage: dict[str, bytes | Mapping[str, bytes]],
) -> None:
    if _is_ambiguous(storage):
        return
    entries = _entries(compound_file(storage))
    for entry in entries:
        if entry.child == NONE:
            continue
        members = _in_order(entries, entry.child)
        assert members == sorted(members, key=_order)
        assert entries[entry.child].colour == BLACK
        _black_height(entries, entry.child)
    assert (entries[0].name, entries[0].colour) == ("Root Entry", BLACK)


def test_no_time_gets_into_the_file() -> None:
    storage = {"VBA": {"dir": b"1"}, "PROJECT": b"2"}
    data = compound_file(storage)
    assert {entry.times for entry in _entries(data)} == {(0, 0)}
    assert compound_file(dict(reversed(storage.items()))) == data


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "a\\b", "a:b", "a!b", "a\0b"])
def test_a_name_that_the_format_has_no_place_for_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        compound_file({name: b""})


def test_names_that_differ_in_case_alone_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        compound_file({"VBA": {"Sheet1": b"", "SHEET1": b""}})


def test_more_than_the_header_can_list_is_refused() -> None:
    compound_file({"most": bytes(7_050_000)})
    with pytest.raises(ValueError, match="too many"):
        compound_file({"more": bytes(7_150_000)})
