"""What ``history``, ``pending`` and ``journal`` print, for people and as an object."""

from __future__ import annotations

import json
import shutil

import openpyxl
import pytest

from sheetsales.errors import WorkbookQueuedError
from sheetsales.store import Workbook
from tests.small import edit, state_of


@pytest.fixture
def renamed(small):
    edit(small, "customer", "customer", {"C-000001": {"公司名稱": "宏遠控股", "備註": "更名"}})
    return small


def writes(cli, folder, book="customer"):
    return json.loads(cli("history", "list", book, "-C", folder, "--json").out)["writes"]


def name_of(folder, row=4):
    path = folder / "workbooks" / "customer.xlsm"
    return openpyxl.load_workbook(path)["客戶"][f"B{row}"].value


def test_writes_are_listed_the_newest_first(cli, renamed):
    said = cli("history", "list", "customer", "-C", renamed)
    heads, newest, *_ = said.out.splitlines()
    assert heads.split() == ["編號", "時間", "活頁簿", "誰", "指令", "列", "格", "之前的版本"]
    assert "customer.xlsm" in newest
    assert newest.split()[-3:-1] == ["1", "2"]
    assert "history restore" in said.err


def test_a_long_list_is_cut(cli, renamed):
    said = cli("history", "list", "-C", renamed, "--limit", "2")
    assert len(said.out.splitlines()) == 3
    assert "--limit" in said.err
    assert cli("history", "list", "--limit", "0", "-C", renamed).code == 2


def test_a_workbook_without_history_says_so(cli, small, tmp_path):
    path = tmp_path / "other.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    assert cli("history", "list", path, "--lang", "en").out == "There is no history yet.\n"
    assert cli("history", "diff", path, "--lang", "en").out == "There is no history yet.\n"
    assert json.loads(cli("history", "diff", path, "--json").out)["rows"] == []
    assert state_of(tmp_path / "acme") == state_of(small)


def test_a_difference_is_told_row_by_row(cli, renamed):
    out = cli("history", "diff", "customer", "-C", renamed).out
    lines = out.splitlines()
    assert lines[0].startswith("customer.xlsm：版本 ")
    assert lines[2:] == [
        "客戶 customer",
        "  ~ C-000001（第 4 列）",
        "      公司名稱：宏遠電子股份有限公司 → 宏遠控股",
        "      備註：（空白） → 更名",
        "",
        "變更 1 列、新增 0 列、刪除 0 列。",
    ]


def test_a_difference_as_an_object(cli, renamed):
    (row,) = json.loads(cli("history", "diff", "customer", "-C", renamed, "--json").out)["rows"]
    assert (row["table"], row["kind"], row["key"], row["row"]) == (
        "customer",
        "changed",
        ["C-000001"],
        4,
    )
    assert row["cells"][0]["new"] == "宏遠控股"


def test_added_and_removed_rows_are_marked(cli, small):
    with Workbook.open(small / "workbooks" / "customer.xlsm") as book:
        book.table("contact", key=["聯絡人編號"]).append(
            [{"聯絡人編號": "CT-000009", "姓名": "何丁"}]
        )
        book.save()
    out = cli("history", "diff", "customer", "-C", small).out
    assert "  + CT-000009（第 7 列）" in out.splitlines()
    version = writes(cli, small)[0]["version"]
    out = cli("history", "restore", "customer", version, "-n", "-C", small).out
    assert "  − CT-000009（第 7 列）" in out.splitlines()


def test_a_version_is_put_back(cli, renamed):
    version = writes(cli, renamed)[0]["version"]
    before = state_of(renamed)
    assert (
        "宏遠控股 → 宏遠電子股份有限公司"
        in cli("history", "restore", "customer", version, "-n", "-C", renamed).out
    )
    assert state_of(renamed) == before
    said = cli("history", "restore", "customer", version, "-C", renamed)
    assert (said.code, name_of(renamed)) == (0, "宏遠電子股份有限公司")
    assert said.out.startswith(f"customer.xlsm 已換回版本 {version}")
    assert "沒有改變" in cli("history", "restore", "customer", version, "-C", renamed).out


def test_a_write_is_taken_back(cli, renamed):
    number = str(writes(cli, renamed)[0]["number"])
    dry = cli("history", "undo", "customer", number, "-n", "-C", renamed)
    assert "customer.xlsm!客戶!B4：宏遠控股 → 宏遠電子股份有限公司" in dry.out.splitlines()
    assert dry.out.splitlines()[-1] == "將改回 2 格。"
    said = cli("history", "undo", "customer", number, "-C", renamed)
    assert said.out == f"已取消 customer.xlsm 的第 {number} 筆寫入（2 格）。\n"
    assert name_of(renamed) == "宏遠電子股份有限公司"


def test_a_write_that_cannot_be_taken_back_says_why(cli, renamed):
    edit(renamed, "customer", "customer", {"C-000001": {"公司名稱": "又改"}})
    number = str(writes(cli, renamed)[1]["number"])
    said = cli("history", "undo", "customer", number, "-C", renamed)
    assert said.code == 3
    assert "C-000001" in said.err
    assert name_of(renamed) == "又改"


def test_an_undo_waits_while_the_workbook_is_open(cli, renamed):
    owner = renamed / "workbooks" / "~$customer.xlsm"
    owner.write_bytes(b"")
    assert cli("history", "undo", "customer", "-C", renamed).code == 75
    owner.unlink()
    said = cli("pending", "apply", "-C", renamed)
    assert said.code == 0
    assert "（history undo，2 格）" in said.out
    assert name_of(renamed) == "宏遠電子股份有限公司"


@pytest.fixture
def queued(small):
    owner = small / "workbooks" / ".~lock.customer.xlsm#"
    owner.write_text("王小姐,wang,,;", encoding="utf-8")
    with Workbook.open(small / "workbooks" / "customer.xlsm") as book:
        book.table("customer", key=["客戶編號"]).update({"C-000001": {"公司名稱": "甲"}})
        with pytest.raises(WorkbookQueuedError):
            book.save()
    return small


def test_what_waits_is_listed(cli, queued):
    said = cli("pending", "list", "-C", queued)
    heads, row = said.out.splitlines()
    assert heads.split() == ["ID", "時間", "誰", "指令", "活頁簿", "格", "誰開著"]
    assert row.split()[-3:] == ["customer.xlsm", "1", "王小姐"]
    assert "sheetsales pending apply" in said.err
    (entry,) = json.loads(cli("pending", "list", "-C", queued, "--json").out)["pending"]
    assert entry["changes"][0] == {
        "book": "customer.xlsm",
        "sheet": "客戶",
        "cell": "B4",
        "old": "宏遠電子股份有限公司",
        "new": "甲",
    }


def test_a_dry_apply_shows_each_cell_and_writes_nothing(cli, queued):
    before = state_of(queued)
    said = cli("pending", "apply", "-n", "-C", queued)
    assert said.code == 75
    assert "仍由 王小姐 開著" in said.out
    (queued / "workbooks" / ".~lock.customer.xlsm#").unlink()
    said = cli("pending", "apply", "-n", "-C", queued)
    assert said.code == 0
    assert "customer.xlsm!客戶!B4：宏遠電子股份有限公司 → 甲" in said.out.splitlines()
    assert {**state_of(queued), "workbooks/.~lock.customer.xlsm#": b""} == {
        **before,
        "workbooks/.~lock.customer.xlsm#": b"",
    }


def test_an_apply_as_an_object(cli, queued):
    (one,) = json.loads(cli("pending", "apply", "-C", queued, "--json").out)["pending"]
    assert (one["state"], one["open_by"]) == ("open", "王小姐")
    (queued / "workbooks" / ".~lock.customer.xlsm#").unlink()
    (one,) = json.loads(cli("pending", "apply", "-C", queued, "--json").out)["pending"]
    assert one["state"] == "applied"
    assert name_of(queued) == "甲"


def test_a_clash_shows_all_three_values(cli, queued):
    (queued / "workbooks" / ".~lock.customer.xlsm#").unlink()
    path = queued / "workbooks" / "customer.xlsm"
    book = openpyxl.load_workbook(path)
    book["客戶"]["B4"] = "乙"
    book.save(path)
    said = cli("pending", "apply", "-C", queued)
    assert said.code == 1
    place = "customer.xlsm!客戶!B4 C-000001 公司名稱"
    assert (
        f"    {place}：原為 宏遠電子股份有限公司，現在是 乙，等候的是 甲" in said.out.splitlines()
    )
    (one,) = json.loads(cli("pending", "apply", "-C", queued, "--json").out)["pending"]
    assert one["conflicts"][0]["theirs"] == "乙"
    said = cli("pending", "drop", one["id"], "-C", queued)
    assert said.out == f"已放棄 {one['id']}。\n"


def test_a_journal_is_verified(cli, small):
    said = cli("journal", "verify", "-C", small)
    assert said.code == 0
    whole, last = said.out.splitlines()
    assert whole.startswith("日誌完整，共 ")
    number, digest = last.split()[1].split(":")
    assert cli("journal", "verify", "--head", f"{number}:{digest}", "-C", small).code == 0
    said = cli("journal", "verify", "--head", f"{number}:{'0' * 64}", "-C", small)
    assert said.code == 1
    assert "日誌裡沒有另外抄存的那一筆" in said.out
    assert cli("journal", "verify", "--head", "x", "-C", small).code == 2


def test_a_changed_journal_is_told(cli, small):
    path = small / ".sheetsales" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"command":"fill"', b'"command":"FILL"'))
    said = cli("journal", "verify", "-C", small)
    assert said.code == 1
    assert "的內容被改過" in said.out
    found = json.loads(cli("journal", "verify", "-C", small, "--json").out)
    assert found["faults"][0]["tampering"]


def test_no_journal_is_no_fault(cli, small, tmp_path):
    path = tmp_path / "other.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    said = cli("journal", "verify", path, "--lang", "en")
    assert (said.code, said.out) == (0, "There is no journal yet.\n")


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_other_languages_are_spoken(cli, queued, lang):
    words = {"zh-Hans": ("谁", "时间"), "en": ("Open by", "Time")}[lang]
    out = cli("pending", "list", "-C", queued, "--lang", lang).out
    assert all(word in out for word in words)
    assert "{" not in cli("history", "list", "-C", queued, "--lang", lang).out


def test_any_workbook_can_be_examined(cli, small, tmp_path):
    path = tmp_path / "other.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    said = cli("doctor", path, "--lang", "en")
    assert said.code == 0
    assert "other.xlsx can be read" in said.out


def test_a_dry_score_shows_each_cell(cli, small):
    before = state_of(small)
    said = cli("score", "orders", "-n", "-C", small)
    assert "sales.xlsm!訂單!K4：（空白） → 30,000" in said.out.splitlines()
    found = json.loads(cli("score", "orders", "-n", "-C", small, "--json").out)
    assert {"book": "sales.xlsm", "sheet": "訂單", "cell": "K4"}.items() <= found["changes"][
        0
    ].items()
    assert state_of(small) == before
