from __future__ import annotations

from sheetsales.sample import RawCell
from sheetsales.workspace.simplified import simplified_rows


def test_every_text_of_our_own_becomes_simplified():
    rows = {
        "customer": [
            {
                "customer_id": "C-000001",
                "name": "台灣電子",
                "tags": ("電子", "A"),
                "size": RawCell("超大型"),
                "limit": 5,
                "note": None,
            }
        ]
    }
    assert simplified_rows(rows) == {
        "customer": [
            {
                "customer_id": "C-000001",
                "name": "台湾电子",
                "tags": ("电子", "A"),
                "size": RawCell("超大型"),
                "limit": 5,
                "note": None,
            }
        ]
    }
