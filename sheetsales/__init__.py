"""Runs a company's written sales regulation from its own Excel workbooks."""

from __future__ import annotations

__version__ = "0.1.0"
