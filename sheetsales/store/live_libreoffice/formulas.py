"""Formulas between Excel's syntax and LibreOffice's own form, in both directions."""

from __future__ import annotations

from typing import Any

_EXCEL = 3
"""com.sun.star.sheet.AddressConvention.XL_OOX."""
_TRUTHS = ("TRUE", "FALSE")


def parser_of(document: Any) -> Any:
    """Return what reads and prints formulas in Excel's syntax; one serves for many cells."""
    parser = document.createInstance("com.sun.star.sheet.FormulaParser")
    parser.CompileEnglish = True
    parser.FormulaConvention = _EXCEL
    return parser


def set_formula(parser: Any, cell: Any, formula: str, position: Any) -> None:
    """Write a formula in Excel's syntax, as seen from a position; other text as if typed."""
    if not formula.startswith("="):
        cell.setFormula(formula)
        return
    cell.setTokens(parser.parseFormula(formula[1:], position))


def formula_of(parser: Any, cell: Any) -> str:
    """Return the formula of a cell in Excel's syntax; its content as text where it has none."""
    formula = str(cell.getFormula())
    if not formula.startswith("="):
        if formula and cell.getType().value == "VALUE" and formula not in _TRUTHS:
            # As in Excel, a day is shown as the number that it is.
            return f"{cell.getValue():.15g}"
        return str(cell.getString()) if cell.getError() == 0 else formula
    tokens = cell.getTokens()
    return f"={parser.printFormula(tokens, cell.getCellAddress())}" if tokens else ""


def printed(document: Any, tokens: Any, position: Any) -> str:
    """Return tokens as a formula in Excel's syntax, without an equals sign."""
    return str(parser_of(document).printFormula(tokens, position))


def parsed(document: Any, formula: str, position: Any) -> Any:
    """Return the tokens of a formula in Excel's syntax."""
    return parser_of(document).parseFormula(formula.removeprefix("="), position)
