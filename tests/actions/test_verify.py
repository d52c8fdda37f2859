from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import docx
import pytest

from sheetsales.actions.documents.moved import moved_fields
from sheetsales.actions.documents.verify import verify_documents
from sheetsales.actions.fill import fill
from sheetsales.schema import load_regulation
from sheetsales.store import Workbook
from sheetsales.workspace import Workspace
from tests.office import Office
from tests.small import edit, state_of
from tests.word.docx_files import with_parts

_FOLDER = "documents/customer_card/2026-10-15"


@pytest.fixture
def card(small: Path, cli) -> Path:
    """The card of a customer, made a moment ago."""
    assert cli("docs", "make", "customer_card", "--key", "C-000001", "-C", small).code == 0
    (path,) = (small / _FOLDER).glob("*.docx")
    return path


def verified(small: Path, *paths: Path):
    return verify_documents(Workspace.open(small), paths)


def changed(path: Path, old: str, new: str) -> None:
    document = docx.Document(str(path))
    (paragraph,) = (one for one in document.paragraphs if old in one.text)
    paragraph.runs[0].text = paragraph.text.replace(old, new)
    for run in paragraph.runs[1:]:
        run.text = ""
    document.save(str(path))


def edits(found) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.spot, one.old, one.new) for one in found.edits]


def test_a_document_as_it_was_made_is_unchanged_and_nothing_is_written(small, card):
    before = state_of(small)
    (found,) = verified(small, small / "documents")
    assert (found.verdicts, found.document_id, found.is_fine) == (["unchanged"], "DOC-000001", True)
    assert state_of(small) == before


def test_a_word_changed_by_hand_is_named_with_its_paragraph(small, card):
    changed(card, "以公司本位幣計", "以美元計")
    (found,) = verified(small, card)
    assert found.verdicts == ["edited"]
    (only,) = edits(found)
    assert only[0] == "changed"
    assert only[1].startswith("body/p")
    assert (only[2].count("以公司本位幣計"), only[3].count("以美元計")) == (1, 1)


def test_a_renamed_file_is_known(small, card, tmp_path):
    other = tmp_path / "別的名字.docx"
    shutil.copy(card, other)
    changed(other, "九、往來", "九、往來紀錄")
    (found,) = verified(small, other)
    assert (found.document_id, found.verdicts) == ("DOC-000001", ["edited"])
    assert edits(found)[0][2:] == ("九、往來", "九、往來紀錄")


def test_what_only_libreoffice_changed_is_no_edit_and_a_word_is(small, card, office: Office):
    (saved,) = office.convert([card], "docx")
    changed(card, "九、往來", "九、往來紀錄")
    (again,) = office.convert([card], "docx")
    same, other = verified(small, saved, again)
    assert (same.verdicts, same.formats) == (["saved-again"], False)
    assert [one[2:] for one in edits(other)] == [("九、往來", "九、往來紀錄")]


def test_data_that_moved_on_are_named_with_old_and_new_value(small, card):
    edit(small, "customer", "customer", {"C-000001": {"地址": "新竹市中華路 2 號"}})
    (found,) = verified(small, card)
    assert found.verdicts == ["data-moved"]
    (moved,) = found.moved
    assert (moved.path, moved.title, moved.new) == (
        "customer.address",
        "地址",
        "新竹市中華路 2 號",
    )
    assert moved.old not in {"", moved.new}


def test_a_price_that_moved_on_is_named_with_its_line():
    old = {"lines": [{"no": str(no), "spec": "", "price": "3,000"} for no in (1, 2, 3)]}
    new = {"lines": [{"no": str(no), "spec": "", "price": "3,000"} for no in (2, 3, 4)]}
    new["lines"][0]["price"] = "3,500"
    found = moved_fields(old, new, load_regulation(), "sales_contract", "zh-Hant")
    assert [(one.path, one.title, one.old, one.new) for one in found] == [
        ("lines[no=1]", "", "1 3,000", ""),
        ("lines[no=2].price", "單價", "3,000", "3,500"),
        ("lines[no=4]", "", "", "4 3,000"),
    ]


_CONTRACT = {
    "contract_id": "CON-000001",
    "contract_no": "SC-2026-0001",
    "contract_type": "sales",
    "title": "銷售合同",
    "party_type": "customer",
    "party_id": "C-000001",
    "owner_id": "E-000001",
    "amount": 31500,
    "tax_rate": 5,
    "currency": "TWD",
    "start_on": date(2026, 10, 1),
    "sign_method": "paper",
    "payment_terms": "月結 30 天",
    "delivery_terms": "送達",
    "notice_days": 30,
    "auto_renew": False,
    "confidentiality": "internal",
    "state": "approved",
}


def test_a_word_in_a_contract_and_a_price_in_the_workbook_are_both_named(small, cli):
    workspace = Workspace.open(small)
    line = {"contract_id": "CON-000001", "line_no": 1, "product_id": "PRD-000001", "qty": 10}
    fill(workspace, {"contract": [_CONTRACT], "contract_line": [{**line, "price": 3000}]})
    cli("docs", "make", "sales_contract", "--key", "CON-000001", "--force", "-C", small)
    (path,) = (small / "documents/sales_contract/2026-10-15").glob("*.docx")
    changed(path, "平等互惠", "平等互利")
    with Workbook.open(small / "workbooks/contract.xlsm") as book:
        sheet = book.sheet(book.table("contract_line").read().sheet)
        (cell,) = (f"F{row}" for row in range(4, 9) if sheet.get(f"F{row}") == 3000)
        sheet.set(cell, 3200)
        book.save()
    said = cli("docs", "verify", path, "-C", small)
    assert said.code == 1
    assert "單價 lines[no=1].price：3,000 → 3,200" in said.out
    (edit_line,) = (line for line in said.out.splitlines() if line.endswith("文字已改"))
    assert edit_line.strip() == "本文第 4 段：文字已改"
    assert "平等互利" in said.out


def test_a_new_template_is_told_and_whether_it_matters(small, card):
    path = small / "templates" / "customer_card.docx"
    template = docx.Document(str(path))
    template.core_properties.comments = "x"
    template.save(str(path))
    (found,) = verified(small, card)
    assert (found.verdicts, found.template_matters) == (["template-outdated"], False)
    template.add_paragraph("新的一段")
    template.save(str(path))
    (found,) = verified(small, card)
    assert (found.verdicts, found.template_matters) == (["template-outdated"], True)


def test_several_verdicts_hold_at_once(small, card, cli):
    assert cli("docs", "make", "customer_card", "--key", "C-000001", "-C", small).code == 0
    changed(card, "九、往來", "九、往來紀錄")
    edit(small, "customer", "customer", {"C-000001": {"地址": "新竹市中華路 2 號"}})
    (found,) = verified(small, card)
    assert found.verdicts == ["edited", "data-moved", "superseded"]
    assert found.newer == "DOC-000002"


def test_without_its_snapshot_it_is_said_that_nothing_can_be_told(small, card):
    (small / ".sheetsales/documents/DOC-000001.json").unlink()
    (found,) = verified(small, card)
    assert (found.verdicts, found.subject) == (["no-snapshot"], "customer:C-000001")


def test_without_its_template_data_are_compared_all_the_same(small, card):
    changed(card, "九、往來", "九、往來紀錄")
    (kept,) = (small / ".sheetsales/templates").iterdir()
    kept.unlink()
    edit(small, "customer", "customer", {"C-000001": {"地址": "新竹市中華路 2 號"}})
    (found,) = verified(small, card)
    assert found.verdicts == ["template-gone", "data-moved"]


def test_a_document_without_properties_is_known_by_its_number(small, card):
    empty = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'custom-properties"/>'
    )
    stripped = with_parts(card, {"docProps/custom.xml": empty})
    (found,) = verified(small, stripped)
    assert (found.document_id, found.found_by) == ("DOC-000001", "number")
    assert found.verdicts == ["saved-again"]


def test_documents_that_are_not_ours_and_damaged_ones_are_told(small, card, tmp_path):
    plain, broken = tmp_path / "plain.docx", tmp_path / "broken.docx"
    document = docx.Document()
    document.add_paragraph("a letter")
    document.save(str(plain))
    broken.write_bytes(card.read_bytes()[:3000])
    found = verified(small, plain, broken, card)
    assert [one.verdicts for one in found] == [["unknown"], ["damaged"], ["unchanged"]]


def test_a_document_of_another_company_with_the_same_number_is_told(small, original, card, cli):
    other = shutil.copytree(original, small.parent / "other")
    assert cli("docs", "make", "customer_card", "--key", "C-000003", "-C", other).code == 0
    (path,) = (other / _FOLDER).glob("*.docx")
    (found,) = verified(small, path)
    assert (found.document_id, found.verdicts) == ("DOC-000001", ["foreign"])


def test_the_command_says_what_differs_and_where(small, card, cli):
    assert cli("docs", "verify", card, "-C", small).code == 0
    changed(card, "九、往來", "九、往來紀錄")
    said = cli("docs", "verify", card, "--lang", "en")
    assert said.code == 1
    assert "text changed" in said.out
    assert "+ 九、往來紀錄" in said.out
    assert "body, paragraph" in said.out
    card.write_bytes(b"")
    assert cli("docs", "verify", card, "-C", small).code == 3
