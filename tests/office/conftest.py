"""Fixtures that take long to make: a running LibreOffice and whole companies, once each."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.office.session import LibreOffice, has_uno
from tests.small import cli, original, small  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def steerable() -> None:
    """Skip where Python cannot steer LibreOffice."""
    if not has_uno():
        fail = pytest.fail if os.environ.get("CI") else pytest.skip
        fail("not installed: python3-uno")


@pytest.fixture(scope="session")
def libreoffice(tmp_path_factory: pytest.TempPathFactory, steerable: None) -> Iterator[LibreOffice]:
    """LibreOffice that waits for steps; skipped where Python cannot steer it."""
    with LibreOffice(tmp_path_factory.mktemp("session")) as running:
        yield running
