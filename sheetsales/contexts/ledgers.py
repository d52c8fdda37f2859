"""The ledger of orders that a batch of documents shares, joined once."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date

import pandas as pd

from sheetsales.scores.ledger import Ledger, build_ledger
from sheetsales.tables import Frames

_MOST_KEPT = 4
_TABLES = ("order", "order_line", "order_credit", "receipt", "customer")
_KNOWN: OrderedDict[tuple[object, ...], tuple[list[pd.DataFrame], Ledger]] = OrderedDict()
"""Ledgers by the identity of their frames; the frames are kept, so that no other takes their id."""


def ledger_of(tables: Frames, as_of: date) -> Ledger:
    """Return the ledger of frames up to a date."""
    frames = [tables[name] for name in _TABLES]
    key = (as_of, *map(id, frames))
    if key not in _KNOWN:
        _KNOWN[key] = (frames, build_ledger(tables, as_of=as_of))
        if len(_KNOWN) > _MOST_KEPT:
            _KNOWN.popitem(last=False)
    return _KNOWN[key][1]
