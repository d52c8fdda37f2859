"""Builds the VBA project of a workbook from modules that are kept as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from sheetsales.resources import macros
from sheetsales.workbooks.bas import read_module
from sheetsales.workbooks.bridge import bridge_modules
from sheetsales.workbooks.compound_file import compound_file
from sheetsales.workbooks.ovba import (
    CODE_PAGE,
    NO_CACHE,
    Module,
    compress,
    dir_stream,
    names_stream,
    project_stream,
)

_CLASS_HEAD = re.compile(r"VERSION .*?\nEND\n", re.DOTALL)
"""What the file of a class has in front of its attributes, and a project does not."""
_compressed = lru_cache(maxsize=64)(compress)
"""All workbooks hold the same modules."""


def vba_project(modules: Mapping[str, str], documents: Sequence[str]) -> bytes:
    """Return the file ``vbaProject.bin`` of a workbook; equal input gives equal bytes.

    Args:
        modules: source text by name; one that begins with ``VERSION`` is a class.
        documents: code names of the modules behind the workbook, which comes first, and behind
            each of its sheets.
    """
    every = [
        *(Module.document(name, is_workbook=number == 0) for number, name in enumerate(documents)),
        *(_module(name, source) for name, source in modules.items()),
    ]
    streams = {each.name: _compressed(each.source.encode(CODE_PAGE)) for each in every}
    project = {"dir": compress(dir_stream(every)), "_VBA_PROJECT": NO_CACHE, **streams}
    return compound_file(
        {"VBA": project, "PROJECT": project_stream(every), "PROJECTwm": names_stream(every)}
    )


def macro_modules() -> dict[str, str]:
    """Return the modules of our workbooks by name: our own, and the bridge of xlwings.

    Raises:
        WorkbookBuildError: ``macro-damaged``, with file, line and what is wrong.
    """
    files = sorted([*macros().glob("*.bas"), *macros().glob("*.cls")])
    return {**dict(map(read_module, files)), **bridge_modules()}


def _module(name: str, source: str) -> Module:
    head = _CLASS_HEAD.match(source)
    lines = source[head.end() if head else 0 :].splitlines()
    return Module(name, "".join(f"{line}\r\n" for line in lines), "Class" if head else "Module")
