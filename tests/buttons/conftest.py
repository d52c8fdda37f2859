"""Fixtures of the buttons' tests."""

from __future__ import annotations

from tests.small import original, small  # noqa: F401 - fixtures
