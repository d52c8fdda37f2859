"""SYS: a document that is in use says what the data say."""

from __future__ import annotations

from collections.abc import Iterator

from sheetsales.checks.rules import Context, Finding, rule

_SUPERSEDED = frozenset({"superseded", "void"})


@rule("SYS-03", clause="六-1/4.1(1)", severity="warning")
def find_outdated_documents(context: Context) -> Iterator[Finding]:
    """The data behind a document have not changed since it was made.

    Needs the hashes of today's data as evidence; documents without one are not judged.
    """
    today = context.evidence.document_hashes
    names = ("document_id", "data_hash", "state", "file", "generated_at")
    for position, key, data_hash, state, file, made in context.rows("document", *names):
        if key not in today or data_hash is None or state in _SUPERSEDED:
            continue
        if today[key] != data_hash:
            arguments = {"file": file or key, "made": made or "—"}
            yield Finding("document", position, "data_hash", "", arguments)
