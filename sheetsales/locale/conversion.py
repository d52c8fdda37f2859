"""Traditional Chinese to Simplified; the only place that loads OpenCC, and only when asked."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

SIMPLIFIED = "zh-Hans"
"""The locale that is derived from zh-Hant."""


@lru_cache(maxsize=8192)
def to_simplified(text: str) -> str:
    """Return a text in Simplified characters.

    >>> to_simplified("銷售計劃")
    '销售计划'
    """
    return str(_converter().convert(text))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 (its dictionaries cost 20 ms that most runs can save)

    return OpenCC("t2s")
