from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsales.errors import WorkbookError
from sheetsales.store import markup

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")))


def test_scan_gives_offsets_that_cut_elements_out() -> None:
    data = '\ufeff<a><!-- <b/> --><x:b k="1>2"/><b>甲<![CDATA[</b>]]></b ></a>'.encode()
    found = [(e.prefix, e.name, e.depth, data[e.start : e.end]) for e in markup.scan(data, "p")]
    assert found[1:] == [
        ("x", "b", 1, b'<x:b k="1>2"/>'),
        ("", "b", 1, "<b>甲<![CDATA[</b>]]></b >".encode()),
    ]
    inner = markup.scan(data, "p")[2]
    assert data[inner.open_end : inner.close_start] == "甲<![CDATA[</b>]]>".encode()


def test_what_is_not_well_formed_is_refused_with_its_part() -> None:
    with pytest.raises(WorkbookError) as caught:
        markup.scan(b"<a><b></a>", "甲")
    assert (caught.value.code, caught.value.arguments["part"]) == ("workbook-part", "甲")


@given(TEXT)
def test_an_attribute_is_read_as_it_is_written(value: str) -> None:
    tag = markup.with_attribute(b"<a b='1' c = \"2\"/>", "b", value)
    assert markup.attributes(tag) == {"b": value, "c": "2"}


def test_attributes_are_added_and_dropped_in_place() -> None:
    assert markup.with_attribute(b"<a >", "n", "1") == b'<a n="1">'
    assert markup.with_attribute(b"<a/>", "n", "1") == b'<a n="1"/>'
    assert markup.with_attribute(b"<a n='1' m='2'/>", "n", None) == b"<a m='2'/>"
    assert markup.with_attribute(b"<a m='2'>", "n", None) == b"<a m='2'>"


def test_references_are_understood() -> None:
    assert markup.unescape("&lt;&#65;&#x7532;&amp;amp;&quot;&apos;&gt;") == "<A甲&amp;\"'>"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "big5"])
def test_parts_in_other_encodings_become_utf_8(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>甲</a>'
    found = markup.utf8(text.encode(encoding), "p")
    assert found.endswith("<a>甲</a>".encode())
    assert b'encoding="UTF-8"' in found


def test_utf_8_stays_as_it_is() -> None:
    for data in (b"<a/>", b"\xef\xbb\xbf<a/>", b'<?xml version="1.0" encoding="utf-8"?><a/>'):
        assert markup.utf8(data, "p") is data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "workbook-doctype"),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "workbook-doctype"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "workbook-part"),
        (b"<a/>\0".replace(b"<", b"\0<", 1) + b"\xd8", "workbook-part"),
    ],
)
def test_parts_that_no_excel_writes_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        markup.utf8(data, "p")
    assert caught.value.code == code


def test_a_doctype_within_the_text_is_text() -> None:
    data = b"<a>&lt;!DOCTYPE</a>"
    assert markup.utf8(data, "p") is data
