from __future__ import annotations

import pytest

from sheetsales.cli.texts import help_text, short_help, system_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_HK.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LC_ALL": "zh_SG.UTF-8", "LANG": "en_US.UTF-8"}, "zh-Hans"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh-Hant"),
        ({"SHEETSALES_LANG": "en", "LANG": "zh_TW.UTF-8"}, "en"),
        ({"SHEETSALES_LANG": "fr", "LANG": "zh_TW.UTF-8"}, "zh-Hant"),
    ],
)
def test_the_language_is_that_of_the_surroundings(monkeypatch, environment, language):
    for name in ("SHEETSALES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert system_language() == language


def test_simplified_texts_are_derived():
    assert help_text("option.json", "zh-Hant") == "輸出一個 JSON 物件。"
    assert help_text("option.json", "zh-Hans") == "输出一个 JSON 物件。"


def test_the_short_help_is_the_first_line():
    assert short_help("status") == "Show what is due, wrong, open or out of date."
