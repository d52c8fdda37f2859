"""Squeezes the parts of a document: with ISA-L where it is installed, else with zlib."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

DeflateName = Literal["auto", "isal", "zlib"]
"""Which compressor to use; ``auto`` is the fastest that is installed."""

ZLIB_LEVEL = 3
"""Beyond it zlib spends twice the time to save 8 % of a contract."""
ISAL_LEVEL = 1
"""ISA-L's own usual level; the higher ones save no byte of a contract."""

_RAW = -zlib.MAX_WBITS
# Clearing the memory of a large window takes six times as long as squeezing a header.
_SMALL, _SMALL_WINDOW, _SMALL_MEMORY = 4096, -12, 5


@dataclass(frozen=True, slots=True)
class Deflater:
    """A compressor; the same content gives the same bytes with the same version of it."""

    name: str
    squeeze: Callable[[bytes], bytes]
    crc32: Callable[[bytes], int]


def _squeezed(content: bytes) -> bytes:
    if len(content) > _SMALL:
        return zlib.compress(content, ZLIB_LEVEL, _RAW)
    squeeze = zlib.compressobj(ZLIB_LEVEL, zlib.DEFLATED, _SMALL_WINDOW, _SMALL_MEMORY)
    return squeeze.compress(content) + squeeze.flush()


STOCK = Deflater("zlib", _squeezed, zlib.crc32)
THOROUGH = Deflater("zlib", partial(zlib.compress, level=6, wbits=_RAW), zlib.crc32)
"""For what is squeezed once per template."""


def deflater(name: DeflateName = "auto") -> Deflater:
    """Return a compressor by name.

    Raises:
        ImportError: ISA-L is asked for by name and not installed.
    """
    if name == "zlib":
        return STOCK
    try:
        from isal import isal_zlib  # noqa: PLC0415 (it is not installed everywhere)
    except ImportError:
        if name == "isal":
            raise
        return STOCK
    squeeze = partial(isal_zlib.compress, level=ISAL_LEVEL, wbits=_RAW)
    return Deflater("isal", squeeze, isal_zlib.crc32)
