"""Runs a company's written sales regulation from its own Excel workbooks.

>>> import sheetsales
>>> company = sheetsales.open("acme")           # doctest: +SKIP
>>> company.table("customer")                   # doctest: +SKIP
>>> company.check().counts                      # doctest: +SKIP
{'error': 48, 'warning': 5, 'info': 0}

Names are loaded when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetsales.api import Company, create
    from sheetsales.api import open_company as open  # noqa: A004 - read as sheetsales.open
    from sheetsales.errors import SheetsalesError
    from sheetsales.problems import Place, Problem, Report

__version__ = "0.1.0"

_HOMES = {
    "Company": ("api", "Company"),
    "Place": ("problems", "Place"),
    "Problem": ("problems", "Problem"),
    "Report": ("problems", "Report"),
    "SheetsalesError": ("errors", "SheetsalesError"),
    "create": ("api", "create"),
    "open": ("api", "open_company"),
}
__all__ = [
    "Company",
    "Place",
    "Problem",
    "Report",
    "SheetsalesError",
    "__version__",
    "create",
    "open",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sheetsales' has no attribute '{name}'")
    module, original = _HOMES[name]
    return getattr(importlib.import_module(f"sheetsales.{module}"), original)


def __dir__() -> list[str]:
    return sorted(__all__)
