from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from PIL import Image

from sheetsales.errors import TemplateError
from sheetsales.word import pdf
from sheetsales.word.pdf import convert_to_pdf
from tests.office import Office
from tests.word.docx_files import with_parts

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


def word_file(path: Path, text: str = "甲") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(path))
    return path


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a script in the place of LibreOffice; ``make FILE`` in it makes a PDF."""
    program = folder / "soffice"
    make = 'make() { printf "%%PDF %s %%%%EOF" "$1" > "${1%.docx}.pdf"; }'
    names = "while [ $# -gt 0 ]; do case $1 in *.docx) break;; esac; shift; done"
    program.write_text(f"#!/bin/sh\n{make}\n{names}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(pdf, "find_converter", lambda: program)


def codes(results: list[pdf.PdfResult]) -> list[str]:
    return [result.error.code if result.error else "" for result in results]


@pytest.mark.libreoffice
def test_word_files_become_pdf_files_in_order(tmp_path: Path) -> None:
    sources = [word_file(tmp_path / "甲.docx"), word_file(tmp_path / "乙 1.docx")]
    before = [path.read_bytes() for path in sources]
    told: list[tuple[int, int]] = []
    found = convert_to_pdf(
        sources, tmp_path / "pdf", workers=2, progress=lambda *done: told.append(done)
    )
    assert [(one.source, one.error) for one in found] == [(path, None) for path in sources]
    assert [one.path and one.path.name for one in found] == ["甲.pdf", "乙 1.pdf"]
    assert all(one.path and one.path.read_bytes().startswith(b"%PDF") for one in found)
    assert sorted(path.name for path in (tmp_path / "pdf").iterdir()) == ["乙 1.pdf", "甲.pdf"]
    assert [path.read_bytes() for path in sources] == before
    assert told[-1] == (2, 2)


@pytest.mark.libreoffice
def test_one_broken_file_among_fifty_is_named_and_the_others_are_made(tmp_path: Path) -> None:
    sources = [word_file(tmp_path / f"{number}.docx", str(number)) for number in range(50)]
    sources[23].write_bytes(sources[23].read_bytes()[:9000])
    found = convert_to_pdf(sources, tmp_path / "pdf")
    assert [one.source.name for one in found if one.error] == ["23.docx"]
    assert codes(found)[23] == "pdf-not-word"
    assert len(list((tmp_path / "pdf").glob("*.pdf"))) == 49


class Server(ThreadingHTTPServer):
    """Answers nothing, and notes what it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        return

    def parse_request(self) -> bool:
        if super().parse_request():
            self.note()
        return False

    def note(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path)
        self.send_error(404)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


_FIELD = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> {} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>old</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)


def linking(path: Path, url: str, secret: Path) -> Path:
    """Write a document with a linked picture, a linked template, and fields that pull in files."""
    document = docx.Document()
    document.add_paragraph("before")
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "png")
    document.add_picture(BytesIO(picture.getvalue()))
    link = document.part.relate_to(f"{url}/picture.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    (blip,) = document.element.body.iter(qn("a:blip"))
    del blip.attrib[qn("r:embed")]
    blip.set(qn("r:link"), link)
    settings = document.part._settings_part
    base = RELATIONSHIP_TYPE.IMAGE.replace("image", "attachedTemplate")
    settings.relate_to(f"{url}/template.dotx", base, is_external=True)
    for instruction in (
        f'INCLUDEPICTURE "{url}/field.png" \\d',
        f'INCLUDETEXT "{url}/text.docx"',
        f'INCLUDETEXT "{secret.as_posix()}"',
        f'DDEAUTO soffice "{secret.as_posix()}" x',
    ):
        document.element.body.insert(0, parse_xml(_FIELD.format(escape(instruction))))
    document.save(str(path))
    return path


@pytest.mark.libreoffice
def test_what_a_document_points_to_is_not_fetched(
    tmp_path: Path, server: Server, office: Office
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    document = linking(tmp_path / "linking.docx", server.url, secret)
    (found,) = convert_to_pdf([document], tmp_path / "pdf")
    assert found.path
    text = office.text(found.path)
    assert "before" in text
    assert "SECRET" not in text
    assert server.asked == []


@posix
@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("for f; do [ $f = 000001.docx ] || make $f; done", "pdf-failed"),
        ("for f; do [ $f != 000001.docx ] || exit 7; make $f; done", "pdf-crashed"),
        ("for f; do [ $f != 000001.docx ] || sleep 60; make $f; done", "pdf-slow"),
        ('for f; do [ $f != 000001.docx ] || echo "%PDF" > 000001.pdf; make $f; done', ""),
    ],
)
def test_a_file_that_the_converter_stumbles_over_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, code: str
) -> None:
    stand_in(tmp_path, monkeypatch, script)
    monkeypatch.setattr("sheetsales.word.office._START_SECONDS", 3.0)
    sources = [word_file(tmp_path / f"{number}.docx") for number in range(4)]
    found = convert_to_pdf(sources, tmp_path / "out", timeout=0.5)
    assert codes(found) == ["", code, "", ""]
    made = {one.path.name for one in found if one.path}
    assert {path.name for path in (tmp_path / "out").iterdir()} == made


@posix
def test_a_pdf_without_its_end_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, 'for f; do echo "%PDF" > "${f%.docx}.pdf"; done')
    found = convert_to_pdf([word_file(tmp_path / "a.docx")], tmp_path / "out")
    assert codes(found) == ["pdf-failed"]


@posix
def test_files_of_one_name_from_several_folders_keep_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "for f; do make $f; done")
    sources = [word_file(tmp_path / folder / "合同.docx") for folder in "ab"]
    found = convert_to_pdf(sources, tmp_path / "out")
    assert [one.path and one.path.name for one in found] == ["合同.pdf", "合同 (2).pdf"]
    assert [one.path and one.path.read_text() for one in found] == [
        "%PDF 000000.docx %%EOF",
        "%PDF 000001.docx %%EOF",
    ]


@posix
def test_a_file_that_is_no_word_file_never_reaches_the_converter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "for f; do make $f; done")
    sound = word_file(tmp_path / "sound.docx")
    text, empty = tmp_path / "text.docx", tmp_path / "empty.docx"
    text.write_text("a text", encoding="utf-8")
    empty.write_bytes(b"")
    cut = with_parts(sound, {"word/document.xml": b"<w:document><w:body>"})
    found = convert_to_pdf([text, empty, cut, tmp_path / "gone.docx", sound], tmp_path / "out")
    assert codes(found) == [*["pdf-not-word"] * 4, ""]


@posix
def test_an_interruption_ends_the_converter_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "make $1; sleep 60")

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    sources = [word_file(tmp_path / f"{number}.docx") for number in range(2)]
    with pytest.raises(KeyboardInterrupt):
        convert_to_pdf(sources, tmp_path / "out", progress=interrupt)
    assert [path.suffix for path in (tmp_path / "out").iterdir()] == [".pdf"]


_PARENT = """
import subprocess, sys, time
subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
time.sleep(60)
"""


def is_alive(number: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], check=False, capture_output=True
    )
    return bool(state.stdout.strip()) and not state.stdout.startswith(b"Z")


def waited_for(condition) -> bool:
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


@posix
def test_when_its_parent_is_killed_the_converter_ends_and_leaves_nothing(tmp_path: Path) -> None:
    program, pid, scratch = tmp_path / "program", tmp_path / "pid", tmp_path / "scratch"
    program.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {pid}.new; mv {pid}.new {pid}\nwait\n")
    program.chmod(0o755)
    scratch.mkdir()
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _PARENT,
            *(sys.executable, pdf.__file__.replace("pdf.py", "guardian.py")),
            *(str(scratch), str(program)),
        ]
    )
    assert waited_for(pid.exists)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert waited_for(lambda: not scratch.exists())
    assert waited_for(lambda: not is_alive(int(pid.read_text())))


def test_a_missing_converter_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sheetsales.word.office._USUAL", ())
    with pytest.raises(TemplateError, match="pdf-converter-missing"):
        convert_to_pdf([tmp_path / "a.docx"], tmp_path / "out")
