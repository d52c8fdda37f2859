"""Titles and labels of the regulation in the reader's locale."""

from __future__ import annotations

from sheetsales.locale.conversion import SIMPLIFIED, to_simplified
from sheetsales.schema import Regulation, Text


def label(regulation: Regulation, enum: str, code: str, locale: str) -> str:
    """Return the label of one value of an enumeration; an unknown code stays itself."""
    options = {option.code: option.label for option in regulation.enumerations[enum].options}
    return title(options[code], locale) if code in options else code


def title(text: Text, locale: str) -> str:
    """Return a text of the regulation in any locale, zh-Hans included."""
    return written(text.written(locale), locale)


def written(text: str, locale: str) -> str:
    """Return a text of our own (zh-Hant or English) as the locale writes it.

    Names and remarks that people typed are data and never go through here.
    """
    return to_simplified(text) if locale == SIMPLIFIED else text
