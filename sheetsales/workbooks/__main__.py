"""Rebuilds the committed blank workbooks: ``python -m sheetsales.workbooks``."""

from __future__ import annotations

from sheetsales.resources import workbook_templates
from sheetsales.schema import LOCALES, load_regulation
from sheetsales.starter import load_starter
from sheetsales.workbooks.build import build_all


def main() -> None:
    """Write ``workbook_templates/<locale>/*.xlsm`` for the locales that texts are written in."""
    for locale in LOCALES:
        build_all(load_regulation(), locale, workbook_templates(locale), load_starter(locale))


if __name__ == "__main__":
    main()
