"""One mistake of a template, before it is told to anybody."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sheetsales.problems import Place, Problem, Severity
from sheetsales.word.tags import Tag

LAST = 1 << 62
"""Order of what concerns a whole part."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong with a template.

    Attributes:
        code: what is wrong, without ``DOC-``.
        part: name of the part it stands in; empty for the whole file.
        where: code of the place, e.g. ``body/t2/r1/c3/p1``.
        variant: which of several messages of the code.
        severity: error, warning or info.
        order: where in the part it stands, for sorting.
        arguments: what the message names: ``tag`` the tag as typed, ``fix`` the tag repaired.
    """

    code: str
    part: str = ""
    where: str = ""
    variant: str = ""
    severity: Severity = "error"
    order: int = LAST
    arguments: Mapping[str, object] = dataclasses.field(
        default_factory=lambda: MappingProxyType({})
    )

    def problem(self, file: str) -> Problem:
        """Return the mistake as a problem of a template's file."""
        return Problem(
            code=f"DOC-{self.code}",
            table="template",
            key=file,
            field=str(self.arguments.get("field", "")),
            variant=self.variant,
            severity=self.severity,
            place=Place(file, self.part, self.where),
            arguments={
                "file": file,
                "part": self.part,
                "where": self.where,
                **self.arguments,
            },
        )


def mistake_at(
    tag: Tag,
    code: str,
    variant: str = "",
    *,
    severity: Severity = "error",
    **arguments: object,
) -> Mistake:
    """Return a mistake of a tag."""
    return Mistake(
        code=code,
        part=tag.spot.part,
        where=str(tag.spot),
        variant=variant,
        severity=severity,
        order=tag.start,
        arguments={"tag": shown(tag.text), **arguments},
    )


def shown(text: str) -> str:
    """Return the text of a tag on one line, cut if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
