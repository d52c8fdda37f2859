from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from sheetsales.errors import EditRefusedError
from sheetsales.store import CellError, Formula
from sheetsales.store.values import BLANK, CellEncoder, same_value

ENCODER = CellEncoder()


@pytest.mark.parametrize(
    ("value", "kind", "content"),
    [
        (True, b"b", b"<v>1</v>"),
        (5, b"", b"<v>5</v>"),
        (-0.0, b"", b"<v>0</v>"),
        (5.0, b"", b"<v>5</v>"),
        (0.1, b"", b"<v>0.1</v>"),
        (1e300, b"", b"<v>1E+300</v>"),
        (Decimal("12.50"), b"", b"<v>12.5</v>"),
        (Decimal("1E+20"), b"", b"<v>1E+20</v>"),
        (Decimal(123456789012345000), b"", b"<v>1.23456789012345E+17</v>"),
        (date(2026, 1, 2), b"", b"<v>46024</v>"),
        (datetime(2026, 1, 2, 12), b"", b"<v>46024.5</v>"),  # noqa: DTZ001
        ("甲<&", b"inlineStr", "<is><t>甲&lt;&amp;</t></is>".encode()),
        (" 甲", b"inlineStr", '<is><t xml:space="preserve"> 甲</t></is>'.encode()),
        ("a\r\nb", b"inlineStr", b'<is><t xml:space="preserve">a_x000D_\nb</t></is>'),
        ("_x0041_", b"inlineStr", b"<is><t>_x005F_x0041_</t></is>"),
        ("=1+1", b"inlineStr", b"<is><t>=1+1</t></is>"),
        (np.int64(3), b"", b"<v>3</v>"),
        (np.float64(0.5), b"", b"<v>0.5</v>"),
        (pd.Timestamp("2026-01-02"), b"", b"<v>46024</v>"),
        (Formula("=A1&B1", "甲"), b"str", "<f>A1&amp;B1</f><v>甲</v>".encode()),
        (Formula("A1", 2), b"", b"<f>A1</f><v>2</v>"),
        (Formula("A1", cached=True), b"b", b"<f>A1</f><v>1</v>"),
        (Formula("A1"), b"", b"<f>A1</f>"),
    ],
)
def test_a_value_has_one_form(value: object, kind: bytes, content: bytes) -> None:
    assert ENCODER.encode(value) == (kind, content)


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_a_blank_cell(value: object) -> None:
    assert ENCODER.encode(value) == BLANK


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (10**15, "value-digits"),
        (110101199003072316, "value-digits"),
        (Decimal("99999999999999.999"), "value-digits"),
        (Decimal("0.1234567890123456"), "value-digits"),
        (Decimal("1E+400"), "value-digits"),
        (math.nan, "value-not-finite"),
        (math.inf, "value-not-finite"),
        (Decimal("NaN"), "value-not-finite"),
        (pd.NaT, "value-not-finite"),
        ("a\x00b", "value-character"),
        ("a\x1bb", "value-character"),
        ("\ud800", "value-character"),
        ("\uffff", "value-character"),
        ("x" * 32_768, "value-too-long"),
        ("😀" * 16_384, "value-too-long"),
        (date(1900, 2, 28), "value-date"),
        (datetime(2026, 1, 1, tzinfo=UTC), "value-moment"),
        (datetime(2026, 1, 1, 0, 0, 0, 1), "value-moment"),  # noqa: DTZ001
        (Formula("="), "value-formula"),
        (Formula("A" * 8_193), "value-formula"),
        (Formula("A\x00"), "value-formula"),
        (Formula("A1", "\x00"), "value-character"),
        (b"bytes", "value-kind"),
        (object(), "value-kind"),
        (CellError("#N/A"), "value-kind"),
        ([1], "value-kind"),
    ],
)
def test_a_value_that_would_change_is_refused(value: object, code: str) -> None:
    with pytest.raises(EditRefusedError) as caught:
        ENCODER.encode(value)
    assert caught.value.code == code


def test_the_longest_text_fits() -> None:
    assert len(ENCODER.encode("😀" * 16_383 + "x")[1]) > 65_000


def test_days_count_from_1904_where_the_book_says_so() -> None:
    encoder = CellEncoder(b"x:", date1904=True)
    assert encoder.encode(date(1904, 1, 2)) == (b"", b"<x:v>1</x:v>")
    with pytest.raises(EditRefusedError):
        encoder.encode(date(1903, 12, 31))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, ""),
        (5.0, 5),
        (12.5, Decimal("12.50")),
        (date(2026, 1, 2), datetime(2026, 1, 2)),  # noqa: DTZ001
        ("甲", "甲"),
    ],
)
def test_what_a_cell_holds_already_is_the_same(old: object, new: object) -> None:
    assert same_value(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1.0, True),
        (True, 1),
        ("1", 1),
        (CellError("#N/A"), "#N/A"),
        (0.1, Decimal("0.10000000000000001")),
        ("A1", Formula("A1")),
        (46024.0, date(2026, 1, 2)),
    ],
)
def test_what_differs_is_not_the_same(old: object, new: object) -> None:
    assert not same_value(old, new)
