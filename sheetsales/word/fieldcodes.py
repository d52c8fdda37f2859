"""Fields of Word (``{ PAGE }``, ``{ INCLUDETEXT … }``), and which of them a template may hold.

An instruction is put together first, however many runs, fields within fields and parts of the text
it was cut into, so that ``D`` + ``DE`` is read as what Word reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.links import is_safe_link
from sheetsales.word.spots import root_of

REFUSED = frozenset(
    (
        "autotext autotextlist control data database dde ddeauto glossary htmlcontrol import "
        "include includepicture includetext link macrobutton ocx print private rd rtf subdocument"
    ).split()
)
"""Fields that read files, talk to programs or run something."""

_WORD = re.compile(r'\s*"?\s*([^\s"\\]+)')
_LINK = re.compile(r'\s*hyperlink\s+(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_BUILT = "\ufffc"
_SHOWN = 80
_CONTAINERS = frozenset({"tc", "txbxContent", "footnote", "endnote", "comment"})
_STEPS = {"tbl": "t", "p": "p"}
_NOTES = {"footnote", "endnote", "comment"}


@dataclass(slots=True)
class _OpenField:
    """A field whose end has not been met: its start, its instruction so far."""

    element: etree._Element
    pieces: list[str] = field(default_factory=list)
    reading: bool = True


def field_threats(tree: etree._Element, part: str, file: str) -> Iterator[TemplateError]:
    """Yield the fields of a part that a template may not hold, with their places.

    Args:
        tree: the part.
        part: its name.
        file: name of the template.
    """
    for element, instruction in _instructions(tree):
        word = _WORD.match(instruction)
        keyword = word.group(1).lower() if word else ""
        shown = instruction.replace(_BUILT, "…").strip()[:_SHOWN]
        where = place_of(element, part)
        if keyword in REFUSED or _BUILT in keyword or "{{" in keyword or "{%" in keyword:
            yield TemplateError("template-field", file=file, part=part, where=where, field=shown)
        elif keyword == "hyperlink" and not _is_safe(instruction):
            yield TemplateError("template-link", file=file, part=part, where=where, target=shown)


def place_of(element: etree._Element, part: str) -> str:
    """Return the code of the place of an element, as ``spots`` describes it."""
    steps: list[str] = []
    current: etree._Element | None = element
    while current is not None:
        parent, name = current.getparent(), _local(current)
        if name in _STEPS:
            steps.append(f"{_STEPS[name]}{_number(current, name)}")
        elif name in {"tr", "tc"} and parent is not None:
            steps.append(f"{name[1]}{_number(current, name)}")
        elif name == "txbxContent":
            steps.append(f"box{_number(current, name)}")
        elif name in _NOTES:
            numbers = [
                str(value) for key, value in current.attrib.items() if str(key).endswith("}id")
            ]
            return "/".join([f"{name}{numbers[0] if numbers else ''}", *reversed(steps)])
        current = parent
    return "/".join([root_of(part), *reversed(steps)])


def _instructions(tree: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    """Yield every field's element and instruction; a field within shows as one odd character."""
    open_fields: list[_OpenField] = []
    for element in tree.iter(etree.Element):
        name = _local(element)
        if name == "fldSimple":
            yield element, _attribute(element, "instr")
        elif name == "fldChar":
            yield from _met(open_fields, element, _attribute(element, "fldCharType"))
        elif name in {"instrText", "delInstrText"}:
            if open_fields and open_fields[-1].reading:
                open_fields[-1].pieces.append(element.text or "")
            else:
                yield element, element.text or ""
    for unfinished in open_fields:
        yield unfinished.element, "".join(unfinished.pieces)


def _met(
    open_fields: list[_OpenField], element: etree._Element, kind: str
) -> Iterator[tuple[etree._Element, str]]:
    if kind == "begin":
        if open_fields and open_fields[-1].reading:
            open_fields[-1].pieces.append(_BUILT)
        open_fields.append(_OpenField(element))
    elif open_fields and kind == "separate":
        open_fields[-1].reading = False
    elif open_fields and kind == "end":
        ended = open_fields.pop()
        yield ended.element, "".join(ended.pieces)


def _is_safe(instruction: str) -> bool:
    link = _LINK.match(instruction)
    target = (link.group(1) or link.group(2) or "") if link else ""
    if target.lstrip().startswith(("{{", "{%")):
        # A value would choose what the link opens: a page, but a program as well.
        return False
    return target.startswith("\\") or is_safe_link(target)


def _attribute(element: etree._Element, name: str) -> str:
    values = [value for key, value in element.attrib.items() if str(key).endswith(f"}}{name}")]
    return str(values[0] if values else element.get(name, ""))


def _number(element: etree._Element, name: str) -> int:
    """Return the number of an element among its kind within what holds it."""
    parent = element.getparent()
    holder = _holder(element)
    if name in {"tr", "tc"} and parent is not None:
        same = [child for child in parent if _local(child) == name]
        return same.index(element) + 1
    count = 0
    for other in holder.iter("{*}" + name):
        if _holder(other) is holder:
            count += 1
        if other is element:
            break
    return count


def _holder(element: etree._Element) -> etree._Element:
    kinds = {"p"} if _local(element) == "txbxContent" else _CONTAINERS
    current = element
    while (parent := current.getparent()) is not None:
        if _local(parent) in kinds:
            return parent
        current = parent
    return current


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
