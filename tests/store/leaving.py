"""A pytest plugin that leaves the process at once: one that spoke with LibreOffice may crash while
Python shuts down, its work done.
"""

from __future__ import annotations

import os
import sys

import pytest

_code = 0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int) -> None:
    global _code  # noqa: PLW0603 - hooks share nothing else
    _code = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_code)
