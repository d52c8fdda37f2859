"""Import cycles among the modules of a package, its ``__init__`` included."""

from __future__ import annotations

import graphlib

from grimp import ImportGraph


def find_cycle(graph: ImportGraph) -> list[str]:
    """Return the modules of one import cycle, first again at the end; empty if there is none."""
    modules = {module for module in graph.modules if not graph.is_module_squashed(module)}
    imports = {
        module: (graph.find_modules_directly_imported_by(module) & modules) - {module}
        for module in modules
    }
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []
