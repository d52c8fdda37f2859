from __future__ import annotations

import json

import pytest

READERS = ("status", "check", "doctor", "tables", "explain orders SO-000001", "score -n")


@pytest.mark.parametrize("command", [*READERS, "update -n", "docs make customer_card -n"])
def test_json_is_exactly_one_object_and_nothing_else(cli, small, command):
    said = cli(*command.split(), "-C", small, "--json")
    assert json.loads(said.out)["schema_version"] == 1
    assert said.err == ""


@pytest.mark.parametrize("command", [*READERS, "update", "docs make customer_card --key C-000001"])
def test_quiet_leaves_the_result_alone(cli, small, command):
    said = cli(*command.split(), "-C", small, "--quiet")
    assert said.err == ""
    assert said.out


def test_the_folder_may_stand_in_the_environment(cli, small, monkeypatch):
    monkeypatch.setenv("SHEETSALES_WORKSPACE", str(small))
    assert cli("check").code == 1


def test_the_date_of_reference_may_stand_in_the_environment(cli, small, monkeypatch):
    monkeypatch.setenv("SHEETSALES_AS_OF", "2026-13-01")
    assert cli("check", "-C", small).code == 2


def test_messages_speak_the_workspace_unless_asked_otherwise(cli, small):
    assert "錯誤" in cli("check", "-C", small).out
    assert "Error" in cli("check", "-C", small, "--lang", "en").out
    assert "错误" in cli("check", "-C", small, "--lang", "zh-Hans").out
