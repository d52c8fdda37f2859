"""Texts of the command line itself, read without loading anything heavy."""

from __future__ import annotations

import os
import tomllib
from functools import lru_cache
from typing import Any

from sheetsales.resources import regulation_folder

LANGUAGES = ("zh-Hant", "zh-Hans", "en")


def system_language() -> str:
    """Return the language of the environment: ``SHEETSALES_LANG``, else the system's locale."""
    given = os.environ.get("SHEETSALES_LANG")
    if given in LANGUAGES:
        return given
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").replace("-", "_").lower()
        if value:
            return _language_of(value)
    return "en"


def _language_of(value: str) -> str:
    if not value.startswith("zh"):
        return "en"
    return "zh-Hans" if value.startswith(("zh_cn", "zh_sg", "zh_hans")) else "zh-Hant"


def help_text(key: str, language: str | None = None) -> str:
    """Return the help text of a command or option, such as ``check`` or ``option.as-of``."""
    spoken = language or system_language()
    node: Any = _help()
    for part in key.split("."):
        node = node[part]
    text = str(node["en" if spoken == "en" else "zh-Hant"])
    if spoken == "zh-Hans":
        from sheetsales.locale.conversion import to_simplified

        return to_simplified(text)
    return text


def short_help(key: str) -> str:
    """Return the first line of a command's help text."""
    return help_text(key).strip().splitlines()[0]


@lru_cache(maxsize=1)
def _help() -> dict[str, Any]:
    path = regulation_folder() / "help.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
