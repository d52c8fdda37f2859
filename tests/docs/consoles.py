"""Console blocks of Markdown pages: which commands they hold, running them, comparing output.

A block starts with a fence and the word ``console``; a line after ``$ `` is a command, ended by a
backslash if it goes on; what follows is its output, in which a line ``…`` stands for any lines.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n?", re.MULTILINE)
_ANYTHING = "…"
NOT_RUN = ("pip ", "python -m pip ", "git clone ", "python -m pytest", "pytest", ".ci/run", "pipx ")
"""What a reader does once, on their own machine."""
HAS_PROBLEMS = 1
"""Exit code of a command that found something wrong in the data: worth showing."""


@dataclass
class Step:
    """A command and the output that the page shows below it."""

    command: str
    output: str

    @property
    def is_run(self) -> bool:
        return not self.command.startswith(NOT_RUN)


@dataclass
class Shell:
    """Runs the steps of one page one after the other, ``cd`` included, for a reader's language."""

    folder: Path
    language: str = "en"
    here: Path = field(init=False)

    def __post_init__(self) -> None:
        self.here = self.folder

    def run(self, step: Step) -> list[str]:
        """Run a step and return what differs from the page."""
        words = shlex.split(step.command, comments=True)
        if words[0] == "cd":
            self.here = (self.here / words[1]).resolve()
            return [] if self.here.is_dir() else [f"$ {step.command}: no such folder"]
        done = subprocess.run(
            words,
            capture_output=True,
            check=False,
            cwd=self.here,
            encoding="utf-8",
            env=self._environment(),
        )
        if done.returncode not in {0, HAS_PROBLEMS} or "Traceback" in done.stderr:
            return [f"$ {step.command}: exit code {done.returncode}\n{done.stdout}{done.stderr}"]
        if not is_like(step.output, done.stdout + done.stderr):
            said = f"{done.stdout}{done.stderr}"
            return [f"$ {step.command} says\n{said}\nbut the page shows\n{step.output}"]
        return []

    def _environment(self) -> dict[str, str]:
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": programs, "SHEETSALES_LANG": self.language}


def steps_of(page: str) -> list[Step]:
    """Return the commands of a page with the output shown."""
    steps = []
    for block in _BLOCK.findall(page):
        found = list(_COMMAND.finditer(block))
        ends = [match.start() for match in found[1:]] + [len(block)]
        for match, end in zip(found, ends, strict=True):
            command = match.group(1).replace("\\\n", " ")
            steps.append(Step(command, block[match.end() : end].strip()))
    return steps


def is_like(shown: str, said: str) -> bool:
    """Return whether the output is as shown; a page that shows nothing is content with all."""
    if not shown:
        return True
    parts = re.split(rf"^{_ANYTHING}$", shown, flags=re.MULTILINE)
    pattern = "(?:.*)".join(re.escape(_stripped(part)) for part in parts)
    return re.fullmatch(pattern, _stripped(said), re.DOTALL) is not None


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
