"""Finds the files that are shipped with the package, in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def regulation_folder() -> Path:
    """Return the folder that holds the regulation as data."""
    return _PACKAGE / "regulation"


def workbook_templates(locale: str) -> Path:
    """Return the folder of the blank workbooks of a locale (``zh-Hant`` or ``en``)."""
    return _shipped("workbook_templates") / locale


def doc_templates(locale: str) -> Path:
    """Return the folder of the Word templates of a locale (``zh-Hant`` or ``en``)."""
    return _shipped("doc_templates") / locale


def macros() -> Path:
    """Return the folder of the VBA modules."""
    return _shipped("macros")


def _shipped(name: str) -> Path:
    installed = _PACKAGE / "shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
