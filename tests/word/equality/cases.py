"""All cases."""

from __future__ import annotations

from tests.word.equality import cases_media, cases_parts, cases_rich, cases_tables, cases_text

CASES = (
    *cases_text.CASES,
    *cases_tables.CASES,
    *cases_rich.CASES,
    *cases_parts.CASES,
    *cases_media.CASES,
)
BY_NAME = {case.name: case for case in CASES}
