from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.locale.formats import capital_amount

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)
CENTS = st.decimals(min_value=0, max_value=10**13, places=2)
DIGITS = {digit: value for value, digit in enumerate("零壹貳參肆伍陸柒捌玖")}
DIGITS |= {"贰": 2, "叁": 3, "陆": 6}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ["thousand", "million", "billion", "trillion", "quadrillion"]


def read_chinese(words: str) -> int:
    """Read number words by splitting at the largest group word, as people do."""
    for marks, factor in (("兆", 10**12), ("億亿", 10**8), ("萬万", 10**4)):
        position = max(words.rfind(mark) for mark in marks)
        if position >= 0:
            return read_chinese(words[:position]) * factor + read_chinese(words[position + 1 :])
    total, digit = 0, 0
    for character in words:
        if character in PLACES:
            total, digit = total + digit * PLACES[character], 0
        else:
            digit = DIGITS[character]
    return total + digit


def read_english(words: str) -> int:
    total = group = 0
    for word in words.replace("-", " ").split():
        if word in SCALES:
            total, group = total + group * 1000 ** (SCALES.index(word) + 1), 0
        elif word == "hundred":
            group *= 100
        else:
            group += SMALL.index(word) if word in SMALL else TENS.index(word) * 10
    return total + group


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1_250_000, "新臺幣壹佰貳拾伍萬元整"),
        (100_010, "新臺幣壹拾萬零壹拾元整"),
        (20_003_400, "新臺幣貳仟萬參仟肆佰元整"),
        (1_305, "新臺幣壹仟參佰零伍元整"),
        (0, "新臺幣零元整"),
        (-70, "新臺幣負柒拾元整"),
        (100_000_001, "新臺幣壹億零壹元整"),
        (10**15, "新臺幣壹仟兆元整"),
    ],
)
def test_taiwan_dollars_in_words(amount, words):
    assert capital_amount(amount, "TWD", "zh-Hant") == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1305.50", "人民幣壹仟參佰零伍元伍角整"),
        ("1305.05", "人民幣壹仟參佰零伍元零伍分"),
        ("0.05", "人民幣伍分"),
        ("-3.21", "人民幣負參元貳角壹分"),
    ],
)
def test_cents_are_dimes_and_cents_in_chinese(amount, words):
    assert capital_amount(Decimal(amount), "CNY", "zh-Hant") == words


def test_the_mainland_has_its_own_characters_and_no_trillion_sign():
    assert capital_amount(3_000_026, "CNY", "zh-Hans") == "人民币叁佰万零贰拾陆元整"
    assert capital_amount(10**12 + 5 * 10**7, "CNY", "zh-Hans") == "人民币壹万亿伍仟万元整"
    assert capital_amount(10**12 + 5, "CNY", "zh-Hans") == "人民币壹万亿零伍元整"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1250000", "New Taiwan dollars one million two hundred fifty thousand only"),
        ("-21", "New Taiwan dollars minus twenty-one only"),
    ],
)
def test_english_words(amount, words):
    assert capital_amount(Decimal(amount), "TWD", "en") == words


def test_english_cents_are_hundredths():
    assert capital_amount(0.05, "USD", "en") == "US dollars zero and 05/100 only"


def test_an_unknown_currency_keeps_its_code():
    assert capital_amount(5, "THB", "zh-Hant") == "THB伍元整"


def test_words_are_of_the_rounded_amount():
    assert capital_amount(Decimal("2.5"), "TWD", "zh-Hant") == "新臺幣參元整"


def test_seventeen_digits_are_refused():
    with pytest.raises(ValueError, match="too large"):
        capital_amount(10**16, "TWD", "zh-Hant")


@given(AMOUNTS)
def test_chinese_words_read_back(amount):
    for locale in ("zh-Hant", "zh-Hans"):
        words = capital_amount(amount, "TWD", locale)[3:].removesuffix("元整")
        sign = -1 if words[0] in "負负" else 1
        assert sign * read_chinese(words.lstrip("負负")) == amount
        assert "零零" not in words


@given(CENTS)
def test_chinese_cents_read_back(amount):
    words = capital_amount(amount, "CNY", "zh-Hant").removeprefix("人民幣").removesuffix("整")
    whole, _, rest = words.rpartition("元")
    dimes, _, cents = rest.rpartition("角")
    total = read_chinese(whole) * 100 + read_chinese(dimes) * 10 + read_chinese(cents.rstrip("分"))
    assert Decimal(total) / 100 == amount


@given(AMOUNTS)
def test_english_words_read_back(amount):
    words = capital_amount(amount, "EUR", "en").removeprefix("euros ").removesuffix(" only")
    sign = -1 if words.startswith("minus ") else 1
    assert sign * read_english(words.removeprefix("minus ")) == amount
