"""TAL: who was absent is not graded, and only who passed is certified."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsales.checks.rules import Context, Finding, rule

_ABSENT = frozenset({"absent", "leave"})
_EARNED = ("post_score", "practical_score", "final_score", "reaction", "feedback", "certificate_no")


@rule("TAL-01", clause="三-3-a")
def find_unearned_grades(context: Context) -> Iterator[Finding]:
    """Absence leaves no score, feedback or certificate; a certificate needs a pass.

    A pre-test may have been taken before the session that was missed.
    """
    names = ("attendance", "passed", *_EARNED)
    for position, attendance, passed, *earned in context.rows("enrollment", *names):
        if attendance in _ABSENT:
            for field, value in zip(_EARNED, earned, strict=True):
                if value is not None:
                    arguments = {"attendance": attendance, "value": value}
                    yield Finding("enrollment", position, field, "absent", arguments)
        elif earned[-1] is not None and passed is False:
            yield Finding(
                "enrollment", position, "certificate_no", "certificate", {"value": earned[-1]}
            )
