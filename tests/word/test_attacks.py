from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template
from tests.word import lean_files as lean
from tests.word.attacks import BOMBS, CANARY, ESCAPES
from tests.word.lean_files import document, lean_file, paragraph

MEGABYTES = 200
SECONDS = 2.0
EVENTS = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen", "socket.connect")


CODES = {
    "field-missing",
    "field-unprintable",
    "template-expression",
    "template-forbidden",
    "template-syntax",
}


class Canary:
    """Sees whatever Python code a template runs: files it makes, programs it starts."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / CANARY
        self.events: list[str] = []
        self.watching = False
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        writes = event == "open" and str(arguments[1] or "").strip("rbt")
        if writes or event.startswith(EVENTS) or CANARY in str(arguments):
            self.events.append(event)


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    found = Canary(tmp_path_factory.mktemp("canary"))
    yield found
    found.watching = False


def data() -> dict[str, Any]:
    return {
        "text": "abc",
        "buyer": {"name": "甲", "items": 1},
        "lines": [{"name": "a", "price": 1}, {"name": "b", "price": 2}],
    }


def refusal(folder: Path, attack: str, canary: Canary | None = None) -> TemplateError:
    typed = attack if canary is None else attack.replace(CANARY, str(canary.path))
    body = document(paragraph("first"), paragraph(typed), paragraph("last"))
    path = lean_file(folder / "attack.docx", {"word/document.xml": body})
    record, before = data(), data()
    if canary is not None:
        canary.events.clear()
        canary.watching = True
    try:
        with pytest.raises(TemplateError) as caught:
            Template(path).render_bytes(Record(record, {"subject": "R-1"}))
    finally:
        if canary is not None:
            canary.watching = False
    assert record == before
    return caught.value


def test_there_are_enough_attacks_and_none_twice() -> None:
    assert len(set(ESCAPES)) == len(ESCAPES) >= 60
    assert len(set(BOMBS)) == len(BOMBS) >= 40


@pytest.mark.parametrize("attack", ESCAPES)
def test_no_escape_runs_and_each_message_names_the_place(
    tmp_path: Path, canary: Canary, attack: str
) -> None:
    error = refusal(tmp_path, attack, canary)
    assert canary.events == []
    assert not canary.path.exists()
    assert error.arguments["part"] == "word/document.xml"
    assert error.arguments["where"] == "body/p2"
    assert str(error.arguments["tag"]).startswith("{")
    assert error.code in CODES


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("word/header1.xml", "header1/p1"),
        ("word/footnotes.xml", "footnote2/p1"),
        ("word/charts/chart1.xml", "chart1/p1"),
        ("docProps/core.xml", "property/subject"),
    ],
)
def test_no_escape_runs_in_any_other_part(tmp_path: Path, part: str, place: str) -> None:
    for attack in ESCAPES[::7]:
        content = {
            "word/header1.xml": lean.header(paragraph(attack)),
            "word/footnotes.xml": lean.footnotes(paragraph(attack)),
            "word/charts/chart1.xml": lean.chart(attack),
            "docProps/core.xml": lean.core(attack),
        }[part]
        parts = {"word/document.xml": document(paragraph("first")), part: content}
        with pytest.raises(TemplateError) as caught:
            Template(lean_file(tmp_path / "attack.docx", parts)).render_bytes(Record(data()))
        assert (caught.value.arguments["part"], caught.value.arguments["where"]) == (part, place)


@pytest.mark.parametrize("attack", BOMBS, ids=range(len(BOMBS)))
def test_no_bomb_takes_long_and_each_message_names_the_place(tmp_path: Path, attack: str) -> None:
    started = time.process_time()
    error = refusal(tmp_path, attack)
    assert time.process_time() - started < SECONDS
    assert (error.arguments["part"], error.arguments["where"]) == ("word/document.xml", "body/p2")


def test_all_bombs_together_stay_within_the_memory_of_one_document() -> None:
    code = (
        "import pathlib, tempfile, resource\n"
        "from tests.word.test_attacks import BOMBS, refusal, peak\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    refusal(pathlib.Path(folder), '{{ missing }}')\n"
        "    before = peak()\n"
        "    for bomb in BOMBS:\n"
        "        refusal(pathlib.Path(folder), bomb)\n"
        "print(peak() - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MEGABYTES


def test_the_canary_sees_what_docxtpl_would_have_let_run(canary: Canary) -> None:
    import jinja2

    canary.events.clear()
    canary.watching = True
    attack = f"{{{{ cycler.__init__.__globals__.os.popen('touch {canary.path}').read() }}}}"
    jinja2.Environment().from_string(attack).render()
    canary.watching = False
    assert canary.events
    canary.path.unlink()


def peak() -> int:
    """Return the most memory that this process has used, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
