"""Builds the standard workbooks from the regulation, and says what their own sheets show.

``layout`` names the sheets, rows and Tables that every book has; ``build`` writes a whole book;
``overview`` holds what the sheet 總覽 shows, book by book, each figure as a formula and as the
value that the formula gives, so that a book can be refreshed without opening it in Excel.
"""

from __future__ import annotations
