"""xlwings' bridge for workbooks without its add-in, in a form that LibreOffice compiles too.

Whatever macro runs, LibreOffice first compiles every module of a project, and takes the lines of
conditional compilation (``#If``) for comments: both halves of each condition are code to it, and
what xlwings ships as one module would keep every macro from running. So it becomes two, one for
each platform, in which the conditions on the platform and on the module's own ``#Const`` are
decided; Excel finds the other platform's empty. What asks for the version of Excel stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from sheetsales.workbooks.bas import Source, read_source

_MODULE = "xlwings.bas"
"""What xlwings ships for such workbooks."""
_PLATFORMS = {"": ("Not Mac", {"Mac": "False"}), "_mac": ("Mac", {"Mac": "True"})}
"""What the name of the module ends with, the condition of its whole text, what is decided."""
_NAME = re.compile(r'Attribute VB_Name = "(\w+)"\n')
_CONST = re.compile(r"#Const (\w+) = (\S.*?)\s*(?:'.*)?", re.IGNORECASE)
_IF = re.compile(r"#(If|ElseIf)\s+(.*?)\s+Then\b.*", re.IGNORECASE)
_ELSE = re.compile(r"#Else\b.*", re.IGNORECASE)
_END = re.compile(r"#End\s*If\b.*", re.IGNORECASE)


def bridge_modules() -> dict[str, str]:
    """Return the modules by name, from the installed xlwings, which is not imported for it.

    Raises:
        WorkbookBuildError: what xlwings ships is damaged.
    """
    spec = find_spec("xlwings")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("xlwings", name="xlwings")
    module = read_source(Path(spec.origin).with_name(_MODULE))
    return {f"{module.name}{end}": _for_platform(module, end) for end in _PLATFORMS}


def _for_platform(module: Source, end: str) -> str:
    """Return the text for one platform; on the other one Excel is to find nothing in it."""
    condition, constants = _PLATFORMS[end]
    text = _NAME.sub("", decided(module.text, constants), count=1)
    name = f'Attribute VB_Name = "{module.name}{end}"\n'
    return f"{name}#If {condition} Then\n{text.rstrip()}\n#End If\n"


def decided(text: str, constants: Mapping[str, str]) -> str:
    """Return the text of a module without the conditions that its constants decide.

    Args:
        text: the module, its lines ended by line feeds.
        constants: values of conditional constants, in front of those that the text sets.
    """
    known = {**dict(_constants(text)), **constants}
    return "".join(f"{line}\n" for line in _left(text.splitlines(), known))


def _constants(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = _CONST.fullmatch(line.strip())
        if found:
            yield found[1], found[2]


def _left(lines: Sequence[str], constants: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that are left."""
    conditions: list[_Condition] = []
    for line in lines:
        code = line.strip()
        begun = _IF.fullmatch(code)
        if begun and begun[1].casefold() == "if":
            conditions.append(_Condition(holds=_holds(begun[2], constants)))
            decided = conditions[-1].decided
        elif begun or _ELSE.fullmatch(code):
            decided = conditions[-1].decided
            conditions[-1].go_on(holds=begun is None or _holds(begun[2], constants))
        elif _END.fullmatch(code):
            decided = conditions.pop().decided
        else:
            decided = False
        if not decided and all(condition.open for condition in conditions):
            yield line


class _Condition:
    """A condition, from ``#If`` to ``#End If``: whether its lines are left, line by line."""

    def __init__(self, *, holds: bool | None) -> None:
        self.decided = holds is not None
        self.open = holds is not False
        self._over = self.open

    def go_on(self, *, holds: bool | None) -> None:
        """Take the next half, which counts if none before it did."""
        if self.decided:
            self.open = bool(holds) and not self._over
            self._over = self._over or self.open


def _holds(condition: str, constants: Mapping[str, str]) -> bool | None:
    found = [_term(term, constants) for term in condition.split(" Or ")]
    return True if True in found else None if None in found else False


def _term(term: str, constants: Mapping[str, str]) -> bool | None:
    negated = term.startswith("Not ")
    name, _, wanted = term.removeprefix("Not ").partition(" = ")
    if name not in constants:
        return None
    return (constants[name] == (wanted or "True")) != negated
