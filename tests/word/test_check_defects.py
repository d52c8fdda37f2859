from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sheetsales.locale.messages import Messages
from sheetsales.problems import Problem
from sheetsales.word import Template
from tests.word.defects import DEFECTS, FIELDS, TITLES, Defect, write_template


def found_in(path: Path, *, known: bool = True) -> list[Problem]:
    problems = Template(path).check(FIELDS if known else None, titles=TITLES)
    return [problem for problem in problems if problem.severity != "info"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_one_defect_is_found_once_in_its_place_with_its_repair(
    tmp_path: Path, defect: Defect
) -> None:
    path = write_template(tmp_path / "broken.docx", defect.content)
    found = found_in(path, known=defect.known)
    assert [(one.message_id, one.arguments["where"], one.severity) for one in found] == [
        (f"DOC-{defect.code}", defect.where, defect.severity)
    ]
    for locale in ("zh-Hant", "en"):
        what, why, do = Messages.load(locale).problem_texts(found[0])
        assert what != found[0].message_id
        assert why
        assert defect.do in do
        assert_rendered((what, why, do), found[0])


def assert_rendered(texts: Sequence[str], problem: Problem) -> None:
    """Every placeholder of the message has been filled in."""
    for name in ("where", "tag", "fix", "opener", "opened", "typed", "unit", "name", "word"):
        assert f"{{{name}" not in "".join(texts), problem.message_id


def test_there_are_at_least_forty_kinds_of_defect() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) >= 40
