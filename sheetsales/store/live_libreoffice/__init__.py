"""LibreOffice, as it runs on the user's screen."""

from __future__ import annotations

from sheetsales.store.live_libreoffice.pipes import pipe_name

__all__ = ["pipe_name"]
