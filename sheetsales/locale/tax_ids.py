"""Tax numbers of companies, by the check digit rules of their places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_UBN_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_UBN_MODULUS = 5
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_MODULUS = 31
_HONG_KONG = re.compile(r"[0-9]{8}")


def is_valid_tax_id(text: str, locale: str) -> bool:
    """Return whether a tax number can exist; without a rule for the locale, any can.

    >>> is_valid_tax_id("04595257", "zh-TW"), is_valid_tax_id("12345678", "zh-TW")
    (True, False)

    Args:
        text: the number as written, without blanks.
        locale: code of enumeration ``locale``: zh-TW, zh-CN, zh-HK or en.
    """
    check = _CHECKS.get(locale)
    return check is None or check(text)


def _is_unified_business_number(text: str) -> bool:
    """統一編號, Taiwan: sum of digits divisible by 5 (rule of 2021; by 10 before).

    A 7 in the seventh place times its weight of 4 is 28, whose digit sum may count as 10 or,
    carried on, as 1; either counting may satisfy the rule.
    """
    if not re.fullmatch(r"[0-9]{8}", text):
        return False
    products = (int(digit) * weight for digit, weight in zip(text, _UBN_WEIGHTS, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    return total % _UBN_MODULUS == 0 or (text[6] == "7" and (total + 1) % _UBN_MODULUS == 0)


def _is_social_credit_code(text: str) -> bool:
    """統一社會信用代碼, mainland China: GB 32100-2015, check character modulo 31."""
    if not _CREDIT_CODE.fullmatch(text):
        return False
    weighted = sum(
        _CREDIT_DIGITS.index(character) * pow(3, place, _CREDIT_MODULUS)
        for place, character in enumerate(text[:17])
    )
    return _CREDIT_DIGITS[-weighted % _CREDIT_MODULUS] == text[17]


def _is_business_registration(text: str) -> bool:
    return _HONG_KONG.fullmatch(text) is not None


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "zh-TW": _is_unified_business_number,
    "zh-CN": _is_social_credit_code,
    "zh-HK": _is_business_registration,
}
