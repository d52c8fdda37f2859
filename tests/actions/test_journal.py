from __future__ import annotations

import pytest

from sheetsales.actions.journal import verify_journal
from sheetsales.store.journal import Head
from sheetsales.workspace.selection import Selection


@pytest.fixture
def selected(small):
    return Selection.of(small)


def test_a_journal_left_alone_is_whole(selected):
    found = verify_journal(selected)
    assert (found.faults, found.head.count > 0) == ((), True)
    assert verify_journal(selected, found.head).faults == ()


def test_a_changed_record_is_told(selected):
    path = selected.folder.journal
    path.write_bytes(path.read_bytes().replace(b'"command":"fill"', b'"command":"FILL"'))
    found = verify_journal(selected)
    assert {fault.kind for fault in found.broken} >= {"record"}
    assert found.explained == ()


def test_what_a_dying_process_left_is_told_apart(selected):
    with selected.folder.journal.open("ab") as journal:
        journal.write(b'{"seq":')
    found = verify_journal(selected)
    assert found.broken == ()
    assert [fault.kind for fault in found.explained] == ["torn-line"]


def test_a_head_kept_elsewhere_shows_a_rewritten_journal(selected):
    known = verify_journal(selected).head
    found = verify_journal(selected, Head(known.count, "0" * 64))
    assert [fault.kind for fault in found.broken] == ["known"]
