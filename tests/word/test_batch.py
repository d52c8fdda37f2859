from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word import Record, Template
from sheetsales.word.files import remove_leftovers
from sheetsales.word.resuming import STATE
from tests.word.batch_scripts import Deadly
from tests.word.docx_files import paragraphs, template


def records(count: int) -> list[Record]:
    return [Record({"value": f"v{number}"}, {"subject": f"K-{number}"}) for number in range(count)]


def test_every_record_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    done: list[tuple[int, int | None, float | None]] = []
    results = template(tmp_path, "{{ value }}").render_many(
        [{"value": "a"}, {"value": "A"}],
        tmp_path / "out",
        name="{value}",
        progress=lambda *told: done.append(told),
    )
    assert [result.path and result.path.name for result in results] == ["a.docx", "A (2).docx"]
    assert [paragraphs(result.path) for result in results if result.path] == [["a"], ["A"]]
    assert [told[:2] for told in done] == [(1, 2), (2, 2)]
    assert done[-1][2] == 0


def test_a_bad_record_spoils_only_itself(tmp_path: Path) -> None:
    batch = [*records(3), Record({"value": "\x00"}, {"subject": "K-bad"}), Record({})]
    results = template(tmp_path, "{{ value }}").render_many(batch, tmp_path / "out")
    assert [result.error.code if result.error else "" for result in results] == [
        "",
        "",
        "",
        "record-character",
        "field-missing",
    ]
    assert results[3].error is not None
    assert results[3].error.arguments["record"] == "K-bad"
    assert results[4].error is not None
    assert results[4].error.arguments["record"] == "5"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "1.docx",
        "2.docx",
        "3.docx",
    ]


def test_a_record_without_the_field_of_its_name_spoils_only_itself(tmp_path: Path) -> None:
    results = template(tmp_path, "x").render_many(
        [{}, {"key": "good"}], tmp_path / "out", name="{key}"
    )
    assert results[0].error is not None
    assert results[0].error.code == "name-field"
    assert results[1].path == tmp_path / "out" / "good.docx"


def test_processes_make_the_same_files_in_the_same_order(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    batch = [*records(20), Record({"value": "\x00"})]
    alone = made.render_many(batch, tmp_path / "alone", name="{number}")
    together = made.render_many(batch, tmp_path / "together", name="{number}", workers=2)
    assert [one.path.read_bytes() for one in alone if one.path] == [
        one.path.read_bytes() for one in together if one.path
    ]
    assert together[-1].error is not None
    assert together[-1].error.arguments["field"] == "value"


def test_a_broken_template_is_one_error_and_not_one_per_record(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="template-syntax"):
        template(tmp_path, "{{ value").render_many(records(2), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out" / "1.docx").mkdir(parents=True)
    result = template(tmp_path, "x").render_many([{}], tmp_path / "out")[0]
    assert result.error is not None
    assert result.error.code == "document-not-written"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1.docx"]


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def codes(results: list) -> list[str]:
    return [one.error.code if one.error else "" for one in results]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_hundred_thousand_records_would_not_be_held_at_once(tmp_path: Path, workers: int) -> None:
    drawn = 0

    def stream() -> Iterator[Record]:
        nonlocal drawn
        for record in records(4000):
            drawn += 1
            yield record

    results = template(tmp_path, "{{ value }}").render_each(stream(), tmp_path / "out", "{number}")
    for number, _ in enumerate(results, start=1):
        assert drawn - number <= 2 * 3 * 128
        if number == 1000:
            break
    results.close()


def test_the_total_of_a_stream_is_not_known(tmp_path: Path) -> None:
    told = []
    template(tmp_path, "x").render_many(
        (record for record in records(2)),
        tmp_path / "out",
        progress=lambda *args: told.append(args),
    )
    assert told == [(1, None, None), (2, None, None)]


def test_a_finished_batch_leaves_nothing_but_documents(tmp_path: Path) -> None:
    template(tmp_path, "{{ value }}").render_many(records(3), tmp_path / "out", workers=2)
    assert sorted(contents(tmp_path / "out")) == ["1.docx", "2.docx", "3.docx"]


def test_a_batch_that_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    made.render_many(records(50), tmp_path / "whole")
    stopped = made.render_each(records(50), tmp_path / "out")
    for _ in range(20):
        next(stopped)
    stopped.close()
    assert (tmp_path / "out" / STATE).is_file()
    (tmp_path / "out" / "7.docx").write_bytes(b"torn")
    (tmp_path / "out" / ".sheetsales-1-1.tmp").write_bytes(b"half")
    results = made.render_many(records(50), tmp_path / "out", resume=True)
    resumed = [number for number, one in enumerate(results, start=1) if one.resumed]
    assert resumed == [number for number in range(1, 21) if number != 7]
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    again = made.render_many(records(50), tmp_path / "whole")
    assert [one.sha256 for one in results] == [one.sha256 for one in again]


def test_a_record_that_changed_since_is_made_anew(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    stopped = made.render_each(records(5), tmp_path / "out")
    for _ in range(4):
        next(stopped)
    stopped.close()
    changed = [*records(2), Record({"value": "new"}, {"subject": "K-2"}), *records(5)[3:]]
    results = made.render_many(changed, tmp_path / "out", resume=True)
    assert [one.resumed for one in results] == [True, True, False, True, False]
    assert paragraphs(tmp_path / "out" / "3.docx") == ["new"]


def test_the_state_of_another_template_is_not_used(tmp_path: Path) -> None:
    stopped = template(tmp_path, "{{ value }}").render_each(records(5), tmp_path / "out")
    for _ in range(4):
        next(stopped)
    stopped.close()
    other = template(tmp_path, "Dear {{ value }}", name="other.docx")
    results = other.render_many(records(5), tmp_path / "out", resume=True)
    assert not any(one.resumed for one in results)
    assert paragraphs(tmp_path / "out" / "1.docx") == ["Dear v0"]


def test_a_worker_that_is_killed_loses_no_document(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    made.render_many(records(600), tmp_path / "whole")
    killed = []

    def kill(done: int, _total: int | None, _left: float | None) -> None:
        if done in (50, 300):
            found = subprocess.run(
                ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"],
                capture_output=True,
                check=False,
            )
            for pid in map(int, found.stdout.split()):
                os.kill(pid, 9)
                killed.append(pid)

    results = made.render_many(records(600), tmp_path / "out", workers=2, progress=kill)
    assert len(killed) >= 2
    assert codes(results) == [""] * 600
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_record_that_kills_its_worker_is_named_and_the_others_are_made(tmp_path: Path) -> None:
    deadly = Deadly(template(tmp_path, "{{ value }}").path)
    batch = records(40)
    batch[11] = Record({"value": "die"}, {"subject": "K-deadly"})
    results = deadly.render_many(batch, tmp_path / "out", workers=2)
    assert codes(results) == [""] * 11 + ["record-kills-worker"] + [""] * 28
    assert results[11].error is not None
    assert results[11].error.arguments["record"] == "K-deadly"
    assert len(contents(tmp_path / "out")) == 39


def test_workers_that_cannot_start_are_one_error(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from sheetsales.word import Template\n"
        f"Template({str(template(tmp_path, 'x').path)!r}).render_many([{{}}] * 9,"
        f" Path({str(tmp_path / 'out')!r}), workers=2)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "TemplateError: worker-died" in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_record_that_is_no_plain_data_spoils_only_itself(tmp_path: Path, workers: int) -> None:
    batch = [*records(3), Record({"value": threading.Lock()}, {"subject": "K-lock"})]
    results = template(tmp_path, "{{ value }}").render_many(
        batch, tmp_path / "out", workers=workers
    )
    assert codes(results) == ["", "", "", "record-value"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_stops_the_batch_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    if workers == 1:
        full = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(os, "write", lambda *_: (_ for _ in ()).throw(full))
        made: Template = template(tmp_path, "{{ value }}")
    else:
        made = Deadly(template(tmp_path, "{{ value }}").path)
    batch = [*records(3), Record({"value": "full"})]
    with pytest.raises(TemplateError, match="disk-full"):
        made.render_many(batch, tmp_path / "out", workers=workers)
    assert not [name for name in contents(tmp_path / "out") if name.endswith(".tmp")]


def test_a_folder_that_goes_away_is_one_error(tmp_path: Path) -> None:
    results = template(tmp_path, "x").render_each([{}] * 9, tmp_path / "out")
    next(results)
    (tmp_path / "out").rename(tmp_path / "gone")
    with pytest.raises(TemplateError, match="folder-gone"):
        list(results)


def test_documents_have_the_modes_that_the_user_wants(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        template(tmp_path, "x").render_many([{}], tmp_path / "out")
    finally:
        os.umask(old)
    assert (tmp_path / "out" / "1.docx").stat().st_mode & 0o777 == 0o640


def test_only_our_own_leftovers_are_removed(tmp_path: Path) -> None:
    for name in (".sheetsales-12-3.tmp", "a.tmp", ".hidden", "1.docx"):
        (tmp_path / name).touch()
    remove_leftovers(tmp_path)
    remove_leftovers(tmp_path / "nowhere")
    assert sorted(contents(tmp_path)) == [".hidden", "1.docx", "a.tmp"]


def test_any_executor_makes_the_same_files(tmp_path: Path) -> None:
    made = template(tmp_path, "{{ value }}")
    batch = [*records(40), Record({"value": "\x00"}), Record({"value": threading.Lock()})]
    alone = made.render_many(batch, tmp_path / "alone")
    with ThreadPoolExecutor(2) as executor:
        other = made.render_many(batch, tmp_path / "other", executor=executor)
    assert contents(tmp_path / "other") == contents(tmp_path / "alone")
    assert codes(other) == codes(alone) == [""] * 40 + ["record-character", "record-value"]
    assert [one.sha256 for one in other] == [one.sha256 for one in alone]


def test_an_executor_that_takes_no_work_is_one_error(tmp_path: Path) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(TemplateError, match="scheduler-lost"):
        template(tmp_path, "x").render_many([{}], tmp_path / "out", executor=executor)
