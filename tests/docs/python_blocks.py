"""Python blocks of Markdown pages: all of a page run as one program, output compared.

A block starts with a fence and the word ``python``. A ``text`` block right after it shows what it
prints, in which a line ``…`` stands for any lines; without one the output is not compared.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.consoles import is_like

_BLOCK = re.compile(
    r"^```python\n(?P<code>.*?)^```$(?:\n+```text\n(?P<output>.*?)^```$)?", re.MULTILINE | re.DOTALL
)
_MARK = "\x1e"
_WITHOUT_TEXT = "(nothing)"


@dataclass(frozen=True)
class Block:
    """A block of code and the output that the page shows below it; None if it shows none."""

    code: str
    output: str | None


def blocks_of(page: str) -> list[Block]:
    """Return the Python blocks of a page in order."""
    return [Block(match["code"], match["output"]) for match in _BLOCK.finditer(page)]


def run_blocks(blocks: list[Block], folder: Path) -> list[str]:
    """Run the blocks one after the other in a folder; return what differs from the page."""
    (folder / ".sheetsales").mkdir(exist_ok=True)  # not one of a folder above
    program = f"\nprint({_MARK!r}, flush=True)\n".join(block.code for block in blocks)
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
    )
    said = done.stdout.split(f"{_MARK}\n")
    faults = [
        f"{block.code}\nprints\n{text or _WITHOUT_TEXT}\nbut the page shows\n{block.output}"
        for block, text in zip(blocks, said, strict=False)
        if block.output is not None and not is_like(block.output.strip(), text)
    ]
    if done.returncode:
        faults.append(f"block {len(said)} fails:\n{done.stderr}")
    return faults
