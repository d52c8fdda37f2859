"""Who has a workbook open: stand-ins for the files that the programs leave."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sheetsales.errors import WorkbookBusyError
from sheetsales.store import owners, system, windows
from sheetsales.store.owners import Owner, owner_of, refuse_open_book


def excel(name: str, narrow: bytes | None = None) -> bytes:
    """Return an owner file of Excel, PowerPoint or WPS: 165 bytes."""
    narrow = name.encode() if narrow is None else narrow
    wide = name.encode("utf-16-le")
    head = bytes([len(narrow)]) + narrow.ljust(54, b" ")
    return head + len(name).to_bytes(2, "little") + wide + b" \0" * (54 - len(name))


def word(name: str) -> bytes:
    """Return an owner file of Word: 162 bytes."""
    head = bytes([len(name)]) + name.encode("cp1252", "replace").ljust(53, b"\0")
    wide = name.encode("utf-16-le").ljust(106, b"\0")
    return head + len(name).to_bytes(2, "little") + wide


def libreoffice(name: str, login: str = "wang") -> bytes:
    return f"{name},{login},PC-7,23.11.2026 10:00,file:///home/wang/.config;".encode()


LONG = "王" * 52
STAND_INS = {
    "Excel": ("客戶.xlsx", "~$客戶.xlsx", excel("Wang Mei"), "Wang Mei"),
    "Word, short name": ("合約.docx", "~$合約.docx", word("Li Hua"), "Li Hua"),
    "Word, seven letters": ("abcdefg.docx", "~$bcdefg.docx", word("Li Hua"), "Li Hua"),
    "Word, long name": ("contract-7.docx", "~$ntract-7.docx", word("Li Hua"), "Li Hua"),
    "short form for a workbook": ("customers.xlsx", "~$stomers.xlsx", excel("Li"), "Li"),
    "PowerPoint": ("deck.pptx", "~$deck.pptx", excel("Chen"), "Chen"),
    "WPS": ("客戶.xlsm", "~$客戶.xlsm", excel("張三", b""), "張三"),
    "zero bytes": ("客戶.xlsx", "~$客戶.xlsx", b"", ""),
    "truncated after the name": ("客戶.xlsx", "~$客戶.xlsx", excel("Wang Mei")[:60], "Wang Mei"),
    "truncated in the name": ("客戶.xlsx", "~$客戶.xlsx", excel("Wang Mei")[:5], ""),
    "CJK name": ("客戶.xlsx", "~$客戶.xlsx", excel("王小姐", "王小姐".encode("cp950")), "王小姐"),
    "CJK name, truncated": ("客戶.xlsx", "~$客戶.xlsx", excel("王", "王".encode("cp950"))[:30], ""),
    "CJK name in Word": ("合約.docx", "~$合約.docx", word("李華"), "李華"),
    "52 characters": ("客戶.xlsx", "~$客戶.xlsx", excel(LONG, b"x" * 52), LONG),
    "LibreOffice": ("客戶.xlsx", ".~lock.客戶.xlsx#", libreoffice("王小姐"), "王小姐"),
    "LibreOffice, no name": ("客戶.xlsx", ".~lock.客戶.xlsx#", libreoffice(""), "wang"),
    "LibreOffice, empty": ("客戶.xlsx", ".~lock.客戶.xlsx#", b"", ""),
    "control characters": ("客戶.xlsx", "~$客戶.xlsx", excel("A\u202eB\x07"), "AB"),
}


@pytest.mark.parametrize("case", STAND_INS)
def test_the_right_person_is_named_or_nobody(tmp_path: Path, case: str) -> None:
    name, owner_file, data, user = STAND_INS[case]
    book = tmp_path / name
    book.write_bytes(b"")
    assert owner_of(book) is None
    (tmp_path / owner_file).write_bytes(data)
    program = "LibreOffice" if owner_file.startswith(".~") else "Office"
    assert owner_of(book) == Owner(user, program, owner_file)
    with pytest.raises(WorkbookBusyError) as caught:
        refuse_open_book(book)
    assert caught.value.code == ("workbook-open" if user else "workbook-open-unknown")
    assert caught.value.arguments["owner_file"] == owner_file


def test_a_folder_or_a_link_of_that_name_means_somebody(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    (tmp_path / "~$a.xlsx").mkdir()
    assert owner_of(book) == Owner("", "Office", "~$a.xlsx")
    (tmp_path / "~$a.xlsx").rmdir()
    (tmp_path / "~$a.xlsx").symlink_to(tmp_path / "nowhere")
    assert owner_of(book) == Owner("", "Office", "~$a.xlsx")


def test_an_unreadable_owner_file_means_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(excel("Wang"))

    def refuse(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert owner_of(tmp_path / "a.xlsx") == Owner("", "Office", "~$a.xlsx")


def test_age_does_not_make_an_owner_file_stale(tmp_path: Path) -> None:
    owner_file = tmp_path / "~$a.xlsx"
    owner_file.write_bytes(excel("Wang"))
    os.utime(owner_file, (0, 0))
    assert owner_of(tmp_path / "a.xlsx") == Owner("Wang", "Office", "~$a.xlsx")


def test_the_owner_file_of_another_workbook_is_not_mistaken(tmp_path: Path) -> None:
    for name in ("Q3-sales.xlsx", "-sales.xlsx", "~$-sales.xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert owner_of(tmp_path / "Q3-sales.xlsx") is None
    assert owner_of(tmp_path / "-sales.xlsx") is not None


def test_a_short_name_is_never_cut(tmp_path: Path) -> None:
    (tmp_path / "~$cd.docx").write_bytes(word("Li"))
    assert owner_of(tmp_path / "abcd.docx") is None


@pytest.mark.parametrize("free", [True, False])
def test_on_windows_a_book_that_opens_exclusively_has_no_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: bool
) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(excel("Wang"))
    monkeypatch.setattr(system, "IS_WINDOWS", True)
    monkeypatch.setattr(windows, "opens_exclusively", lambda _: free)
    assert (owner_of(tmp_path / "a.xlsx") is None) == free


def test_on_windows_a_book_that_cannot_be_tried_has_an_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> bool:
        raise FileNotFoundError

    (tmp_path / "~$a.xlsx").write_bytes(excel("Wang"))
    monkeypatch.setattr(system, "IS_WINDOWS", True)
    monkeypatch.setattr(windows, "opens_exclusively", fail)
    assert owners.owner_of(tmp_path / "a.xlsx") is not None
