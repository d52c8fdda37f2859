from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import TemplateError
from sheetsales.word.names import LONGEST, fill_name, safe_name, unique_names

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@given(st.lists(st.text(), max_size=8))
def test_names_are_safe_and_different_on_every_system(texts: list[str]) -> None:
    names = unique_names([*texts, *texts])
    folded = {unicodedata.normalize("NFC", name).casefold() for name in names}
    assert len(folded) == len(names) == 2 * len(texts)
    for name in names:
        assert len(name.encode()) <= LONGEST
        assert name.endswith(".docx")
        assert unicodedata.is_normalized("NFC", name)
        assert not re.search(r'[<>:"/\\|?*]', name)
        assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in name)
        assert not name.startswith((".", " ", "-", "~"))
        assert not RESERVED.match(name)
        assert not name.removesuffix(".docx").endswith((".", " "))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd.docx"),
        ("C:\\x", "C__x.docx"),
        ("CON", "_CON.docx"),
        ("con .tar.gz", "_con .tar.gz.docx"),
        ("aux.", "_aux.docx"),
        ("LPT9.txt", "_LPT9.txt.docx"),
        ("conin$", "_conin$.docx"),
        ("console", "console.docx"),
        ("-rf *", "_-rf _.docx"),
        ("~$report", "_~$report.docx"),
        (".hidden", "hidden.docx"),
        ("a:stream", "a_stream.docx"),
        ("name. . .", "name.docx"),
        ("a\x00b\x1f", "ab.docx"),
        ("a\ud800b", "ab.docx"),
        ("\u2066x\u2069\u202a\ufeff", "x.docx"),
        ("👩‍🚀 甲", "👩🚀 甲.docx"),
        ("甲\u3000乙\xa0丙", "甲 乙 丙.docx"),
        ("\u2028\u2029", "document.docx"),
        ("nul.txt", "_nul.txt.docx"),
        ("COM¹", "_COM¹.docx"),
        ("a\u202egpj", "agpj.docx"),
        ("a\u200bb", "ab.docx"),
        ("a\n\tb", "a b.docx"),
        ("e\u0301", "é.docx"),
        ("", "document.docx"),
        ("...", "document.docx"),
        ("宏遠機械 2026/Q1", "宏遠機械 2026_Q1.docx"),
    ],
)
def test_a_text_becomes_a_safe_name(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_a_long_name_is_cut_between_characters_and_stays_unique() -> None:
    first, second = unique_names(["公" * 200, "公" * 200])
    assert first == "公" * 58 + ".docx"
    assert second.endswith("公 (2).docx")


def test_a_pattern_is_filled_with_fields_only() -> None:
    record = {"buyer": {"name": "{number}"}, "number": "N-1", "items": {}}
    assert fill_name("{number}-{ buyer.name }", record, 7, "t") == "N-1-{number}"
    assert fill_name("{number}", {}, 7, "t") == "7"
    dated = {"d": date(2026, 3, 5), "a": Decimal("1.50")}
    assert fill_name("{d} {a}", dated, 7, "t") == "2026-03-05 1.50"
    for pattern in ("{buyer}", "{missing}", "{buyer.name.upper}", "{0.__class__}"):
        with pytest.raises(TemplateError, match="name-field"):
            fill_name(pattern, record, 7, "t")


@pytest.mark.parametrize(
    "letter", ["a", "公", "𠮷", "👍", "ΐ", "é", "각", "ﷺ", "e\u0301\u0302\u0303"]
)
def test_a_long_name_fits_however_a_system_counts(letter: str) -> None:
    for name in unique_names([letter * 400] * 3):
        assert len(name.encode()) <= LONGEST
        assert len(name.encode("utf-16-le")) // 2 <= 255
        assert len(unicodedata.normalize("NFD", name).encode("utf-16-le")) // 2 <= 255
        assert name.endswith(".docx")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("é", "e\u0301"),
        ("A", "a"),
        ("STRASSE", "straße"),
        ("Å", "\u212b"),
        ("a/b", "a:b"),
        ("K", "\u212a"),
    ],
)
def test_names_that_a_system_takes_for_one_are_told_apart(first: str, second: str) -> None:
    names = unique_names([first, second, first])
    assert names[1].endswith(" (2).docx")
    assert names[2].endswith(" (3).docx")
