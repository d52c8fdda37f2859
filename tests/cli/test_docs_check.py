from __future__ import annotations

import json

import pytest

from tests.word.defects import write_template

BROKEN = ("{{ buyer.nmae }}", "｛｛ title ｝｝", "{% if is_draft %}")


@pytest.fixture
def foreign(tmp_path):
    return write_template(tmp_path / "theirs.docx", BROKEN)


def test_own_templates_are_good_and_named(cli, small):
    done = cli("docs", "check", "-C", small)
    assert done.code == 0
    assert "sales_contract.docx" in done.out
    assert "customer_card.docx" in done.out


def test_a_foreign_file_needs_no_workspace_and_its_fields_are_not_judged(cli, foreign):
    done = cli("docs", "check", foreign, "--lang", "zh-Hant")
    assert done.code == 1
    assert "本文第 2 段" in done.out
    assert "本文第 3 段" in done.out
    assert "buyer.nmae" not in done.out
    assert done.out.count("--kind") == 1


def test_a_foreign_file_is_compared_with_the_fields_of_a_kind(cli, foreign):
    done = cli("docs", "check", foreign, "--kind", "sales_contract", "--lang", "en")
    assert done.code == 1
    assert "body, paragraph 1: {{ buyer.nmae }}: there is no field buyer.nmae." in done.out
    assert "Write {{ buyer.name }}" in done.out
    assert "--kind" not in done.out


def test_mistakes_come_in_the_order_of_the_document(cli, foreign):
    done = cli("docs", "check", foreign, "--kind", "sales_contract", "--lang", "zh-Hant")
    places = [done.out.index(f"本文第 {number} 段") for number in (1, 2, 3)]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", ["zh-Hant", "zh-Hans", "en"])
def test_json_tells_place_tag_reason_and_repair(cli, foreign, lang):
    done = cli("docs", "check", foreign, "--kind", "sales_contract", "--json", "--lang", lang)
    assert done.code == 1
    told = json.loads(done.out)
    assert told["templates"] == [{"file": str(foreign), "fields_known": True}]
    mistakes = [one for one in told["problems"] if one["severity"] == "error"]
    assert [(one["code"], one["where"]) for one in mistakes] == [
        ("DOC-unknown-field.titled", "body/p1"),
        ("DOC-tag.fullwidth", "body/p2"),
        ("DOC-block.unclosed", "body/p3"),
    ]
    for one in mistakes:
        assert one["place"]
        assert one["message"]
        assert one["why"]
        assert one["fix"]
        assert one["tag"]
    assert told["counts"]["error"] == 3


def test_json_says_that_the_fields_of_a_foreign_file_are_not_known(cli, foreign):
    told = json.loads(cli("docs", "check", foreign, "--json").out)
    assert told["templates"] == [{"file": str(foreign), "fields_known": False}]


def test_a_good_file_is_good(cli, tmp_path):
    path = write_template(tmp_path / "fine.docx", ("{{ buyer.name }}",))
    assert cli("docs", "check", path).code == 0
    assert cli("docs", "check", path, "--kind", "sales_contract").code == 0


def test_unused_fields_are_named_and_are_no_mistakes(cli, tmp_path):
    path = write_template(tmp_path / "fine.docx", ("{{ buyer.name }}",))
    done = cli("docs", "check", path, "--kind", "sales_contract", "--unused")
    assert done.code == 0
    assert "buyer.phone" in done.out


def test_a_file_that_is_missing_or_no_document_is_said_so(cli, tmp_path):
    assert cli("docs", "check", tmp_path / "none.docx").code == 3
    text = tmp_path / "text.docx"
    text.write_text("no document")
    assert cli("docs", "check", text).code == 3


def test_a_misspelt_kind_is_a_usage_error_with_an_offer(cli):
    done = cli("docs", "check", "sales_contrct")
    assert done.code == 2
    assert "sales_contract" in done.err


def test_all_records_are_tried_and_their_blanks_listed(cli, small):
    done = cli("docs", "check", "customer_card", "--records", "-C", small, "--json")
    records = json.loads(done.out)["records"]["customer_card"]
    assert records
    assert all(one["key"].startswith("C-") for one in records)
    assert not any(one["error"] for one in records)
    assert not (small / "documents" / "customer_card").exists()
