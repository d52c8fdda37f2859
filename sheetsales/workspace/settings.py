"""What ``sheetsales.toml`` says, and how it is written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sheetsales.errors import WorkspaceError

SETTINGS = "sheetsales.toml"
"""Name of the file that makes a folder a workspace."""
WORKSPACE_LOCALES = ("zh-Hant", "zh-Hans", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``sheetsales.toml`` says.

    Attributes:
        company: company name, as on contracts.
        locale: language of workbooks, documents and messages.
        currency: ISO code of the company's currency.
        fiscal_start_month: month in which the fiscal year starts, 1–12.
        as_of: fixed date of reference; None means today.
    """

    company: str
    locale: str = "zh-Hant"
    currency: str = "TWD"
    fiscal_start_month: int = 1
    as_of: date | None = None

    def to_toml(self) -> str:
        """Return the text of the settings file."""
        lines = [
            f"company = {_toml_text(self.company)}",
            f'locale = "{self.locale}"',
            f'currency = "{self.currency}"',
            f"fiscal_start_month = {self.fiscal_start_month}",
        ]
        if self.as_of is not None:
            lines.append(f"as_of = {self.as_of.isoformat()}")
        return "\n".join(lines) + "\n"


def read_settings(path: Path) -> Settings:
    """Return the settings of a file.

    Raises:
        WorkspaceError: the file is no TOML or a value is not allowed.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError("settings-broken", file=path.name, reason=str(error)) from error
    known = Settings.__dataclass_fields__
    for key in raw:
        if key not in known:
            raise WorkspaceError("settings-unknown", file=path.name, key=key)
    return _checked(path, raw)


def _checked(path: Path, raw: dict[str, Any]) -> Settings:
    rules: dict[str, object] = {
        "company": isinstance(raw.get("company"), str),
        "locale": raw.get("locale", "zh-Hant") in WORKSPACE_LOCALES,
        "currency": isinstance(raw.get("currency", "TWD"), str),
        "fiscal_start_month": raw.get("fiscal_start_month", 1) in range(1, 13),
        "as_of": type(raw.get("as_of", date.min)) is date,
    }
    for key, holds in rules.items():
        if not holds:
            raise WorkspaceError("settings-value", file=path.name, key=key, value=raw.get(key))
    return Settings(**raw)


def _toml_text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
