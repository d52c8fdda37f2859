"""Deflate by ISA-L where it is installed (ten times faster), else by zlib."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_isal: ModuleType | None
try:
    from isal import isal_zlib as _isal
except ImportError:  # an optional speed-up; no wheels for some platforms
    _isal = None

_RAW = -15
_LEVELS = {"isal": 2, "zlib": 6}

DAMAGED: tuple[type[Exception], ...] = (zlib.error, _isal.error) if _isal else (zlib.error,)
"""What `inflate` raises where the data is damaged."""


def inflate(data: bytes | memoryview, size: int) -> bytes:
    """Return the inflated data, at most one byte more than the size it should have."""
    stream = (_isal or zlib).decompressobj(wbits=_RAW)
    return bytes(stream.decompress(data, size + 1))


def deflated(data: bytes) -> bytes:
    """Return the data as a raw deflate stream."""
    if _isal is None:
        stream = zlib.compressobj(_LEVELS["zlib"], zlib.DEFLATED, _RAW)
    else:
        stream = _isal.compressobj(_LEVELS["isal"], _isal.DEFLATED, _RAW)
    return bytes(stream.compress(data) + stream.flush())


def crc32(data: bytes | memoryview) -> int:
    """Return the CRC-32 of the data."""
    return int((_isal or zlib).crc32(data))
