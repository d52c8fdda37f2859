"""A contract for import-linter: some packages may be imported in a few places only.

Its own type ``protected`` refuses a package that nobody imports; here that is fine, so a rule can
stand before the first use and outlive the last.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyIn(Contract):
    """``packages`` may be imported only by ``importers`` and what lies below them.

    An importer may hold ``*``: ``sheetsales.store.live*``.
    """

    packages: Any = fields.ListField(subfield=fields.StringField())
    importers: Any = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        found = [
            f"{importer} -> {package} (l.{detail['line_number']})"
            for package in self.packages
            if package in graph.modules
            for importer in sorted(graph.find_modules_that_directly_import(package))
            if not self._may_import(importer)
            for detail in graph.get_import_details(importer=importer, imported=package)
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["found"]:
            output.print_error(f"- {line}", bold=False)

    def _may_import(self, module: str) -> bool:
        return any(
            fnmatchcase(module, importer) or fnmatchcase(module, f"{importer}.*")
            for importer in self.importers
        )
