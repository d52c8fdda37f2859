from __future__ import annotations

import io
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sheetsales.cli.options import Run
from sheetsales.cli.output import (
    ProgressLine,
    display_width,
    print_json,
    print_rows,
    progress,
)
from sheetsales.locale.messages import Messages


def test_columns_are_aligned_where_characters_are_wide(capsys):
    print_rows(["表", "n"], [["合同", 1], ["ab", 20]])
    assert capsys.readouterr().out.splitlines() == ["表    n", "合同  1", "ab    20"]


def test_a_list_without_rows_is_its_headings(capsys):
    print_rows(["a", "b"], [])
    assert capsys.readouterr().out == "a  b\n"


def test_chinese_characters_take_two_columns():
    assert display_width("合同 a") == 6


def test_json_writes_numbers_dates_and_paths_plainly(capsys):
    print_json(n=Decimal("1.50"), day=date(2026, 9, 1), path=Path("a"), name="合同")
    out = capsys.readouterr().out
    assert '"n": "1.50"' in out
    assert '"day": "2026-09-01"' in out
    assert '"name": "合同"' in out


def test_json_refuses_what_it_does_not_know():
    with pytest.raises(TypeError):
        print_json(thing=object())


@pytest.mark.parametrize(
    ("locale", "line"),
    [("en", "2 keys given, 1 list cells"), ("zh-Hant", "給號 2 列、下拉清單 1 格")],
)
def test_what_was_not_done_is_not_named(locale, line):
    counts = {"keys": 2, "computed": 0, "lists": 1}
    assert Messages.load(locale).counts("update", counts) == line


def test_nothing_done_is_said():
    assert Messages.load("en").counts("update", {"keys": 0}) == "Nothing to update."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_progress_is_shown_to_people_only(monkeypatch, quiet, shown):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress(Run(quiet=quiet), "Documents") as advance:
        advance(1, 2, 1.0)
        advance(2, 2, 0.0)
    assert ("2" in terminal.getvalue()) == shown


def test_progress_is_silent_where_nobody_looks(capsys):
    with progress(Run(), "Documents") as advance:
        advance(1, 1, 0.0)
    assert capsys.readouterr() == ("", "")


def test_progress_tells_how_long_it_still_takes(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    now = iter([0.0, 0.1, 1.0, 2.0, 3.0, 4.0])
    line = ProgressLine(Messages.load("zh-Hant"), "產生文件", clock=lambda: next(now))
    for told in [(1, 5000, None), (2, 5000, 9.0), (1200, 5000, 11.2), (1300, 5000, 240.0)]:
        line.tell(*told)
    line.tell(1300, None, None)
    line.tell(5000, 5000, 0.0)
    line.end()
    assert [text.strip() for text in terminal.getvalue().split("\r")] == [
        "",
        "產生文件  已完成 1／5,000",
        "產生文件  已完成 1,200／5,000，約剩 12 秒",
        "產生文件  已完成 1,300／5,000，約剩 4 分鐘",
        "產生文件  已完成 1,300",
        "產生文件  已完成 5,000／5,000",
    ]
