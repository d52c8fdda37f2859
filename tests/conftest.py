"""The same surroundings for every test: clock zone, locale, hypothesis, LibreOffice."""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import settings

from tests.office import Office, missing_programs


def _fix_surroundings() -> None:
    for name in list(os.environ):
        if name.startswith(("LC_", "SHEETSALES_")) or name in {"LANG", "LANGUAGE"}:
            del os.environ[name]
    os.environ.update(TZ="Asia/Taipei", LC_ALL="C.UTF-8", PYTHONUTF8="1")
    if hasattr(time, "tzset"):
        time.tzset()


# At import, because the command line reads its language when its modules are imported.
_fix_surroundings()

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "office" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.libreoffice)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("libreoffice") is None:
        return
    missing = missing_programs()
    if missing and os.environ.get("CI"):
        pytest.fail(f"not installed: {', '.join(missing)}", pytrace=False)
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice and poppler; a test that asks for it is marked ``libreoffice``."""
    return Office(tmp_path_factory.mktemp("office"))
