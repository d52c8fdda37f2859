"""Durable files; what differs on Windows and macOS is tried with stand-ins."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import stat
import struct
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from sheetsales.store import system, windows
from sheetsales.store.folders import StoreFolder


class Library:
    """A stand-in for a Windows library: each call is noted and gives what it is told to."""

    def __init__(self, **results: int) -> None:
        self.calls: list[tuple[object, ...]] = []
        for name, result in results.items():
            setattr(self, name, self._function(name, result))

    def _function(self, name: str, result: int) -> SimpleNamespace:
        calls = self.calls

        class Function(SimpleNamespace):
            def __call__(self, *arguments: object) -> int:
                calls.append((name, *arguments))
                return result

        return Function()


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(system, "IS_WINDOWS", True)
    return monkeypatch


def library(monkeypatch: pytest.MonkeyPatch, code: int = 0, **results: int) -> Library:
    made = Library(**results)
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: made, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: code, raising=False)
    monkeypatch.setattr(ctypes, "WinError", held, raising=False)
    return made


def held(code: int) -> OSError:
    error = PermissionError(errno.EACCES, f"code {code}")
    error.winerror = code
    return error


def test_short_writes_and_interruptions_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, calls = os.write, [0]

    def awkward(descriptor: int, data: bytes) -> int:
        calls[0] += 1
        if calls[0] % 2:
            raise InterruptedError
        return write(descriptor, bytes(data)[:70_000])

    data = bytes(range(256)) * 4000
    monkeypatch.setattr(os, "write", awkward)
    with system.create_exclusive(tmp_path / "a") as out:
        for start in range(0, len(data), 1000):
            out.write(data[start : start + 1000])
        out.finish()
    assert (tmp_path / "a").read_bytes() == data
    assert out.size == len(data)
    assert calls[0] > 20


def test_create_exclusive_follows_no_link_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "file").write_bytes(b"old")
    for name in ("link", "file"):
        with pytest.raises(FileExistsError):
            system.create_exclusive(tmp_path / name)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_no_crumb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "broken")

    path = tmp_path / "a"
    system.write_durable(path, b"old")
    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="broken"):
        system.write_durable(path, b"new")
    with pytest.raises(OSError, match="broken"):
        system.copy_durable(path, tmp_path / "b")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_are_synced_before_and_folders_after_the_replace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_sync(descriptor: int) -> None:
        order.append("folder" if Path(f"/dev/fd/{descriptor}").is_dir() else "file")
        fsync(descriptor)

    def noted_replace(source: Path, target: Path) -> None:
        order.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "replace", noted_replace)
    system.write_durable(tmp_path / "a", b"1")
    system.copy_durable(tmp_path / "a", tmp_path / "b")
    assert order == ["file", "replace", "folder"] * 2
    order.clear()
    system.append_durable(tmp_path / "c", b"1")
    system.append_durable(tmp_path / "c", b"2")
    assert order == ["file", "folder", "file"]
    order.clear()
    system.make_folder(tmp_path / "d" / "e")
    assert order == ["folder", "folder"]


def test_append_cut_and_copy_do_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "a"
    system.append_durable(path, b"one\n")
    system.append_durable(path, b"two\n")
    system.cut_durable(path, 5)
    (tmp_path / "b.part").write_bytes(b"left behind")
    system.copy_durable(path, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == b"one\nt"
    assert system.digest_of(path) == system.digest_of(tmp_path / "b")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b"]
    system.remove(path)
    system.remove(path)
    assert not path.exists()


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_a_folder_that_cannot_be_synced_is_told_from_one_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", fail)
    if number == errno.EINVAL:
        system.sync_folder(tmp_path)
    else:
        with pytest.raises(OSError, match="no"):
            system.sync_folder(tmp_path)


def test_the_new_file_takes_mode_and_attributes_of_the_old(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"")
    new.write_bytes(b"")
    old.chmod(0o640)
    try:
        os.setxattr(old, "user.note", b"kept")
    except OSError:
        kept = None
    else:
        kept = b"kept"
    system.copy_access(old, new)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    if kept is not None:
        assert os.getxattr(new, "user.note") == kept


@pytest.mark.parametrize("code", [5, 32, 33])
def test_windows_replace_waits_for_a_program_that_lets_go(
    tmp_path: Path, on_windows: pytest.MonkeyPatch, code: int
) -> None:
    left = [3]

    def move(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0]:
            raise held(code)
        source.replace(target)

    on_windows.setattr(windows, "move_file", move)
    on_windows.setattr(system, "_PAUSE", 0.001)
    system.write_durable(tmp_path / "a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_windows_replace_gives_up_in_time(tmp_path: Path, on_windows: pytest.MonkeyPatch) -> None:
    def move(*_: Path) -> None:
        raise held(32)

    on_windows.setattr(windows, "move_file", move)
    on_windows.setattr(system, "PATIENCE", 0.05)
    on_windows.setattr(system, "_PAUSE", 0.01)
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "a", tmp_path / "b")


def test_windows_replace_does_not_wait_for_other_errors(
    tmp_path: Path, on_windows: pytest.MonkeyPatch
) -> None:
    calls = []

    def move(*_: Path) -> None:
        calls.append(1)
        raise held(2)

    on_windows.setattr(windows, "move_file", move)
    with pytest.raises(OSError, match="code 2"):
        system.replace(tmp_path / "a", tmp_path / "b")
    assert calls == [1]


def test_windows_moves_through_to_the_disk(tmp_path: Path, on_windows: pytest.MonkeyPatch) -> None:
    made = library(on_windows, MoveFileExW=1)
    system.replace(tmp_path / "a", tmp_path / "b")
    assert made.calls == [("MoveFileExW", str(tmp_path / "a"), str(tmp_path / "b"), 0x1 | 0x8)]
    library(on_windows, 17, MoveFileExW=0)
    with pytest.raises(OSError, match="code 17"):
        system.replace(tmp_path / "a", tmp_path / "b")


def test_windows_replaces_what_is_only_read(tmp_path: Path, on_windows: pytest.MonkeyPatch) -> None:
    results = {"MoveFileExW": 0, "CreateFileW": 7, "CloseHandle": 1}
    made = library(on_windows, 5, **results, SetFileInformationByHandle=1)
    system.replace(tmp_path / "a", tmp_path / "客")
    names = ["MoveFileExW", "CreateFileW", "SetFileInformationByHandle", "CloseHandle"]
    assert [call[0] for call in made.calls] == names
    kind, wanted, size = made.calls[2][2:]
    assert isinstance(wanted, bytes)
    assert (kind, size) == (22, len(wanted))
    flags, folder, length = struct.unpack_from("@IPI", wanted)
    assert (flags, folder) == (0x1 | 0x2, 0)
    name = wanted[struct.calcsize("@IPI") :]
    assert name.decode("utf-16-le") == f"{tmp_path / '客'}\0"
    assert length == len(name) - 2


def test_windows_does_not_replace_what_another_program_holds(
    tmp_path: Path, on_windows: pytest.MonkeyPatch
) -> None:
    on_windows.setattr(system, "PATIENCE", 0)
    results = {"MoveFileExW": 0, "CreateFileW": 7, "CloseHandle": 1}
    library(on_windows, 5, **results, SetFileInformationByHandle=0)
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(("handle", "code", "is_held"), [(7, 0, False), (-1, 32, True)])
def test_windows_exclusive_open_tells_who_is_gone(
    tmp_path: Path, on_windows: pytest.MonkeyPatch, handle: int, code: int, is_held: bool
) -> None:
    given = handle if handle > 0 else ctypes.c_void_p(-1).value
    assert given is not None
    made = library(on_windows, code, CreateFileW=given, CloseHandle=1)
    assert system.is_held(tmp_path / "a") == is_held
    assert made.calls[0][3] == 0
    assert len(made.calls) == (1 if is_held else 2)


def test_windows_exclusive_open_of_a_missing_file_fails(
    tmp_path: Path, on_windows: pytest.MonkeyPatch
) -> None:
    library(on_windows, 2, CreateFileW=ctypes.c_void_p(-1).value or 0)
    with pytest.raises(OSError, match="code 2"):
        system.is_held(tmp_path / "a")


def test_windows_reads_let_others_replace_the_file(
    tmp_path: Path, on_windows: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_bytes(b"content")
    made = library(on_windows, CreateFileW=7)
    runtime = ModuleType("msvcrt")
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    vars(runtime)["open_osfhandle"] = lambda handle, _: descriptor if handle == 7 else -1
    on_windows.setitem(sys.modules, "msvcrt", runtime)
    with system.open_shared(tmp_path / "a") as data:
        assert data.read() == b"content"
    assert made.calls[0][3] == 0x1 | 0x2 | 0x4


def test_windows_syncs_no_folder(tmp_path: Path, on_windows: pytest.MonkeyPatch) -> None:
    on_windows.setattr(os, "open", None)
    system.sync_folder(tmp_path)


def test_the_mark_of_a_file_from_the_internet_is_kept(
    tmp_path: Path, on_windows: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.write_bytes(b"")
    new.write_bytes(b"")
    system.copy_access(old, new)
    assert system.zone_identifier(new) is None
    (tmp_path / "old.xlsx:Zone.Identifier").write_bytes(b"[ZoneTransfer]\r\nZoneId=3\r\n")
    system.copy_access(old, new)
    assert system.zone_identifier(new) == b"[ZoneTransfer]\r\nZoneId=3\r\n"


def test_windows_is_asked_for_the_user(on_windows: pytest.MonkeyPatch) -> None:
    class Accounts:
        def GetUserNameW(self, name: ctypes.Array[ctypes.c_wchar], _: object) -> int:
            name.value = "王小姐"
            return 1

    on_windows.setattr(ctypes, "WinDLL", lambda *_, **__: Accounts(), raising=False)
    assert system.user_name() == "王小姐"
    library(on_windows, GetUserNameW=0)
    assert system.user_name() == ""


@pytest.mark.parametrize("knows", [True, False])
def test_macos_is_asked_to_empty_the_cache_of_the_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows: bool
) -> None:
    asked: list[object] = []

    def control(descriptor: int, command: int) -> int:
        asked.append(command)
        if not knows:
            raise OSError(errno.ENOTSUP, "no")
        return 0

    monkeypatch.setattr(system, "IS_MAC", True)
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    monkeypatch.setattr(os, "fsync", lambda _: asked.append("fsync"))
    with system.create_exclusive(tmp_path / "a") as out:
        out.finish()
    assert asked == ([51] if knows else [51, "fsync"])


def test_the_user_is_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("USER", "somebody-else")
    assert system.user_name() not in ("", "somebody-else")
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    assert system.user_name() == "54321"
    assert system.host_name()


def test_the_space_left_is_told(tmp_path: Path) -> None:
    assert system.free_space(tmp_path) > 0


def test_the_store_folder_is_the_nearest_above_or_beside_the_book(tmp_path: Path) -> None:
    home = tmp_path / "books"
    (home / "2026").mkdir(parents=True)
    (home / ".sheetsales").mkdir()
    book = home / "2026" / "客戶.xlsx"
    folder = StoreFolder.of(book)
    assert folder == StoreFolder(home)
    assert folder.name_of(book) == "2026/客戶.xlsx"
    assert folder.book("2026/客戶.xlsx") == book
    (home / "2026" / ".sheetsales").mkdir()
    assert StoreFolder.of(book).name_of(book) == "客戶.xlsx"
    elsewhere = tmp_path / "elsewhere.xlsx"
    assert folder.name_of(elsewhere) == elsewhere.as_posix()
    assert folder.book(elsewhere.as_posix()) == elsewhere
