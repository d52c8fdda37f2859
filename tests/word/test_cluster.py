"""Batches on a Dask cluster: a scheduler and two workers of their own, over TCP."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetsales.errors import TemplateError
from sheetsales.word.cluster import cluster_executor
from tests.word.batch_scripts import batch_of
from tests.word.docx_files import template

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None and not os.environ.get("CI"),
    reason="distributed is not installed",
)


@dataclass
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    log = (folder / f"{time.monotonic_ns()}.log").open("wb")
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=log, stderr=log, start_new_session=True
    )


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    own = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler = started(tmp_path, "distributed.cli.dask_scheduler", *own, "--port", str(port))
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    workers = [
        started(tmp_path, "distributed.cli.dask_worker", address, *options) for _ in range(2)
    ]
    yield Cluster(address, workers)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_cluster_makes_the_same_bytes_and_survives_a_worker(
    tmp_path: Path, cluster: Cluster
) -> None:
    made = template(tmp_path, "{{ value }}")
    made.render_many(batch_of(600), tmp_path / "alone")

    def kill(done: int, _total: int | None, _left: float | None) -> None:
        if done == 100:
            cluster.workers[0].send_signal(signal.SIGKILL)

    with cluster_executor(cluster.address) as executor:
        first = made.render_many(batch_of(60), tmp_path / "first", executor=executor)
        results = made.render_many(
            batch_of(600), tmp_path / "out", executor=executor, progress=kill
        )
    assert cluster.workers[0].wait(10) == -signal.SIGKILL
    assert [one.error for one in (*first, *results) if one.error] == []
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


def test_an_address_where_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheetsales.word.cluster._WAIT_SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(TemplateError, match="scheduler-unreachable"), cluster_executor(address):
        pass
