"""One measured run of the benchmark of Word files, in a process of its own.

    python -m benchmarks.word_jobs JOB [--zlib] TEMPLATE COUNT FOLDER

Outside the clock are imports and the records, inside are reading and compiling the template,
rendering, squeezing and writing. The answer is one line of JSON: CPU seconds of all threads and
children, wall seconds, peak memory.
"""

from __future__ import annotations

import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.word_files import records
from benchmarks.word_measuring import measured

Work = Callable[[], object]
BODY = "word/document.xml"
_RAW = -zlib.MAX_WBITS
LONG_ROWS = 1_000


@dataclass(frozen=True)
class Task:
    """What one run has to do."""

    template: Path
    count: int
    folder: Path


def render_with_ours(task: Task) -> Work:
    """Render every record to a file, one after the other."""
    from sheetsales.word import Template

    made = list(records(task.count))

    def work() -> None:
        template = Template(task.template)
        for number, record in enumerate(made, 1):
            template.render(record, task.folder / f"{number}.docx")

    return work


def _batch(workers: int) -> Callable[[Task], Work]:
    def prepare(task: Task) -> Work:
        from sheetsales.word import Template

        made = list(records(task.count))
        return lambda: Template(task.template).render_many(
            made, task.folder, name="{number}", workers=workers
        )

    return prepare


def stream_with_ours(task: Task) -> Work:
    """Render records that are made while they are needed: what memory a long batch takes."""
    from sheetsales.word import Template

    def work() -> None:
        template = Template(task.template)
        for number, record in enumerate(records(task.count), 1):
            template.render(record, task.folder / f"{number % 100}.docx")

    return work


def _rows(rows: int) -> Callable[[Task], Work]:
    def prepare(task: Task) -> Work:
        from sheetsales.word import Template

        made = list(records(task.count, rows))
        template = Template(task.template)
        template.render(made[0], task.folder / "first.docx")

        def work() -> None:
            for number, record in enumerate(made, 1):
                template.render(record, task.folder / f"{number}.docx")

        return work

    return prepare


def floor(task: Task) -> Work:
    """Return the least that any engine does: Jinja renders the prepared parts, one deflates them.

    Nothing is opened, checked, put together or written.
    """
    import jinja2

    from sheetsales.word import deflate
    from sheetsales.word.prepare import prepare

    squeeze = deflate.deflater().squeeze
    made = list(records(task.count))
    environment = jinja2.Environment(autoescape=True)
    with zipfile.ZipFile(task.template) as package:
        names = [each for each in package.namelist() if each.startswith("word/")]
        prepared = [prepare(name, package.read(name).decode()) for name in names if _is_text(name)]
    parts = [environment.from_string(each.source) for each in prepared if each.tags]

    def work() -> None:
        for record in made:
            for part in parts:
                squeeze(part.render(record).encode())

    return work


def floor_at_six(task: Task) -> Work:
    """Return the same with zlib's own usual level."""
    from sheetsales.word import deflate

    six = deflate.Deflater("zlib", lambda data: zlib.compress(data, 6, _RAW), zlib.crc32)
    deflate.deflater = lambda *_: six  # type: ignore[assignment]
    return floor(task)


def _is_text(name: str) -> bool:
    return name == BODY or name.startswith(("word/header", "word/footer"))


def convert(task: Task) -> Work:
    """Make documents outside the clock, and PDF files of them inside."""
    from sheetsales.word import convert_to_pdf

    render_with_ours(task)()
    paths = sorted(task.folder.glob("*.docx"))
    return lambda: convert_to_pdf(paths, task.folder)


JOBS: dict[str, Callable[[Task], Work]] = {
    "ours": render_with_ours,
    "floor": floor,
    "floor-6": floor_at_six,
    "batch-1": _batch(1),
    "batch-2": _batch(2),
    "stream": stream_with_ours,
    "rows-0": _rows(0),
    "rows-10": _rows(10),
    "rows-1000": _rows(LONG_ROWS),
    "pdf": convert,
}


def main(words: Sequence[str]) -> int:
    given: list[Any] = [each for each in words if each != "--zlib"]
    if "--zlib" in words:
        sys.modules["isal"] = None  # type: ignore[assignment]  # an import of it fails now
    name, template, count, folder = given
    work = JOBS[name](Task(Path(template), int(count), Path(folder)))
    print(json.dumps(measured(work)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
