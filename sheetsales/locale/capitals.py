"""Amounts of money in words, as contracts and receipts write them against forgery."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from sheetsales.locale.conversion import SIMPLIFIED, to_simplified
from sheetsales.locale.rounding import Number, minor_units, round_half_up

_TOO_LARGE = 10**16

_DIGITS = "零壹貳參肆伍陸柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "萬", "億", "兆")
_SIMPLIFIED = str.maketrans("貳參陸萬億負圓", "贰叁陆万亿负圆")
_CHINESE_NAMES = {
    "TWD": "新臺幣",
    "CNY": "人民幣",
    "JPY": "日幣",
    "USD": "美金",
    "HKD": "港幣",
    "EUR": "歐元",
    "GBP": "英鎊",
}
_ENGLISH_NAMES = {
    "TWD": "New Taiwan dollars",
    "CNY": "Chinese yuan",
    "JPY": "Japanese yen",
    "USD": "US dollars",
    "HKD": "Hong Kong dollars",
    "EUR": "euros",
    "GBP": "pounds sterling",
}
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ("", " thousand", " million", " billion", " trillion", " quadrillion")


def capital_amount(amount: Number, currency: str, locale: str) -> str:
    """Return an amount in words, rounded to the currency's minor unit.

    >>> capital_amount(1250000, "TWD", "zh-Hant")
    '新臺幣壹佰貳拾伍萬元整'
    >>> capital_amount(1250000, "TWD", "en")
    'New Taiwan dollars one million two hundred fifty thousand only'

    Raises:
        ValueError: the amount has more than sixteen digits before the point.
    """
    rounded = round_half_up(amount, minor_units(currency))
    if abs(rounded) >= _TOO_LARGE:
        raise ValueError(f"amount too large for words: {amount}")
    if locale == "en":
        return _english(rounded, currency)
    if locale == SIMPLIFIED:
        return _simplified(rounded, currency)
    name = _CHINESE_NAMES.get(currency, currency)
    return name + _chinese(rounded, _grouped(int(abs(rounded))))


def _simplified(amount: Decimal, currency: str) -> str:
    name = to_simplified(_CHINESE_NAMES.get(currency, currency))
    whole = int(abs(amount))
    # 兆 means a million in the mainland: ten thousand 億 is read 萬億 there.
    high, low = divmod(whole, 10**8)
    words = _grouped(whole)
    if high >= 10**4:
        words = _grouped(high) + "億" + (_after(low, 10**7) if low else "")
    return name + _chinese(amount, words).translate(_SIMPLIFIED)


def _chinese(amount: Decimal, whole: str) -> str:
    cents = int(abs(amount) % 1 * 100)
    sign = "負" if amount < 0 else ""
    if not cents:
        return f"{sign}{whole or '零'}元整"
    dimes, rest = divmod(cents, 10)
    yuan = f"{whole}元" if whole else ""
    jiao = f"{_DIGITS[dimes]}角" if dimes else "零" if yuan else ""
    return f"{sign}{yuan}{jiao}" + (f"{_DIGITS[rest]}分" if rest else "整")


def _grouped(value: int) -> str:
    """Return a whole number in words; nothing for zero."""
    words = ""
    for position in reversed(range(len(_GROUPS))):
        value_here, value = divmod(value, 10 ** (4 * position))
        if value_here:
            text = _four_digits(value_here) + _GROUPS[position]
            words += "零" + text if words and value_here < 1000 else text
        elif words and value and not words.endswith("零"):
            words += "零"
    return _one_zero(words)


def _after(low: int, full: int) -> str:
    return ("" if low >= full else "零") + _grouped(low)


def _four_digits(value: int) -> str:
    words = ""
    for position in reversed(range(len(_PLACES))):
        digit = value // 10**position % 10
        if digit:
            words += _DIGITS[digit] + _PLACES[position]
        elif words and value % 10**position:
            words += "零"
    return _one_zero(words)


def _one_zero(words: str) -> str:
    kept = [second for first, second in pairwise(" " + words) if (first, second) != ("零", "零")]
    return "".join(kept)


def _english(amount: Decimal, currency: str) -> str:
    name = _ENGLISH_NAMES.get(currency, currency)
    sign = "minus " if amount < 0 else ""
    whole, cents = int(abs(amount)), int(abs(amount) % 1 * 100)
    fraction = f" and {cents:02d}/100" if cents else ""
    return f"{name} {sign}{_english_words(whole)}{fraction} only"


def _english_words(value: int) -> str:
    if value == 0:
        return _SMALL[0]
    parts = []
    for scale in reversed(range(len(_SCALES))):
        group = value // 1000**scale % 1000
        if group:
            parts.append(_below_thousand(group) + _SCALES[scale])
    return " ".join(parts)


def _below_thousand(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    words = [f"{_SMALL[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        words.append(_TENS[tens] + (f"-{_SMALL[ones]}" if ones else ""))
    elif rest:
        words.append(_SMALL[rest])
    return " ".join(words)
