"""Applies the plans that wait."""

from __future__ import annotations

from pathlib import Path

from sheetsales.store.applying import Outcome, apply_waiting
from sheetsales.store.folders import StoreFolder
from sheetsales.store.records import Sealed
from sheetsales.store.workbook import Workbook


def apply_pending(
    folder: StoreFolder | Path | str, *, sealed: Sealed | None = None
) -> list[Outcome]:
    """Apply the plans that wait, oldest first, each at most once.

    A plan whose book is still open, or whose cells others changed, stays; the others go on.

    Args:
        folder: a store folder, or the folder that holds ``.sheetsales``.
        sealed: see `save_books`.
    """
    if not isinstance(folder, StoreFolder):
        folder = StoreFolder(Path(folder).resolve())
    return apply_waiting(folder, Workbook, sealed)
