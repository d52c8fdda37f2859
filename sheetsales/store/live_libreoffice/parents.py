"""What a thing belongs to, for the modules that are imported by that thing's own module.

A range knows its sheet, a sheet its book, a book its application; each of these modules imports
the one below it, so that the way up cannot be imported.
"""

from __future__ import annotations

from typing import Any, TypeAlias

App: TypeAlias = Any
"""``applications.App``."""
Book: TypeAlias = Any
"""``books.Book``."""
Sheet: TypeAlias = Any
"""``sheets.Sheet``."""
