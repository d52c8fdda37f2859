from __future__ import annotations

from sheetsales.contexts.hashing import data_hash

CARD = {
    "letterhead": {"company": "昇達", "document_no": "DOC-000001", "date": "2026年10月15日"},
    "lines": ({"amount": "1,000"},),
}


def test_number_and_date_of_the_making_are_not_data():
    other = {**CARD["letterhead"], "document_no": "DOC-000009", "date": "2026年11月1日"}
    assert data_hash({**CARD, "letterhead": other}) == data_hash(CARD)


def test_any_other_change_shows():
    hashes = {
        data_hash(CARD),
        data_hash({**CARD, "letterhead": {**CARD["letterhead"], "company": "昇逹"}}),
        data_hash({**CARD, "lines": ({"amount": "1,001"},)}),
    }
    assert len(hashes) == 3


def test_the_order_of_fields_does_not_matter():
    assert data_hash(dict(reversed(CARD.items()))) == data_hash(CARD)
