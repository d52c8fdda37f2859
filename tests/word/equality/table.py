"""Makes the page that lists what was compared with docxtpl, and how it came out.

python -m tests.word.equality.table
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.word.equality.cases import CASES
from tests.word.equality.comparing import REASONS, Comparison, compare
from tests.word.equality.engines import Case, with_docxtpl, with_ours

PAGE = Path(__file__).parents[3] / "docs" / "word-equality.md"


def compared(case: Case) -> Comparison:
    """Render a case with both engines and compare."""
    with tempfile.TemporaryDirectory() as name:
        made = []
        for number, render in enumerate((with_docxtpl, with_ours)):
            folder = Path(name) / str(number)
            folder.mkdir()
            made.append(render(case, case.build(folder / "template.docx")))
    return compare(*made)


def lines() -> Iterator[str]:
    yield "# Our documents beside docxtpl's"
    yield ""
    yield (
        "Made by `python -m tests.word.equality.table`. Each template is rendered by docxtpl "
        "0.20.2, told to escape, and by us; compared are the texts, the canonical XML of body, "
        "headers, footers, footnotes, styles and numberings, the properties, and the pictures and "
        "embedded files. `tests/word/equality/test_equality.py` does the same at every change."
    )
    yield ""
    yield "| template | covers | text | XML | media | levelled out first |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for case in CASES:
        found = compared(case)
        marks = ("differs" if each else "equal" for each in (found.texts, found.xml, found.media))
        levelled = ", ".join(found.explained)
        yield f"| {case.name} | {case.covers} | {' | '.join(marks)} | {levelled} |"
    yield ""
    yield "## What is levelled out, and why"
    yield ""
    yield from (f"- **{name}**: {reason}" for name, reason in REASONS.items())


def main() -> int:
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
