from __future__ import annotations

import pytest

from sheetsales.locale.spots import spot_words


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("body/p3", "本文第 3 段", "body, paragraph 3"),
        ("body/t2/r1/c3/p1", "本文表格 2 第 1 列第 3 格", "body, table 2, row 1, cell 3"),
        (
            "body/t2/r1/c3/p2",
            "本文表格 2 第 1 列第 3 格第 2 段",
            "body, table 2, row 1, cell 3, paragraph 2",
        ),
        ("header1/p1", "頁首 1 第 1 段", "header 1, paragraph 1"),
        ("footnote2/p1", "註腳 2 第 1 段", "footnote 2, paragraph 1"),
        (
            "body/p4/box1/p2",
            "本文第 4 段文字方塊 1 第 2 段",
            "body, paragraph 4, text box 1, paragraph 2",
        ),
        ("property/subject", "文件摘要資訊的主旨", "document property subject"),
        ("chart1/p1", "圖表 1 第 1 段", "chart 1, paragraph 1"),
        ("somewhere", "somewhere", "somewhere"),
    ],
)
def test_a_place_is_said_as_its_readers_call_it(code: str, chinese: str, english: str) -> None:
    assert spot_words(code, "zh-Hant") == chinese
    assert spot_words(code, "en") == english
