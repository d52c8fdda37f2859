"""An engine for xlwings over UNO: what drives Excel drives LibreOffice Calc too.

``connect(pipe)`` gives an ``xlwings.App`` over the LibreOffice that listens on a pipe (``soffice
--accept=pipe,name=…;urp;``); from there on everything is xlwings' own interface. Neither xlwings
nor UNO is loaded before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheetsales.store.live_libreoffice.pipes import pipe_name

if TYPE_CHECKING:
    from sheetsales.store.live_libreoffice.connecting import (
        connect,
        open_book_of,
        save_copy,
        undo_step,
    )

__all__ = ["connect", "open_book_of", "pipe_name", "save_copy", "undo_step"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sheetsales.store.live_libreoffice import connecting  # noqa: PLC0415 - loads xlwings

        return getattr(connecting, name)
    raise AttributeError(name)
