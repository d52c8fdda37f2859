"""The totals row goes down when rows are appended, and stays put where it would mean otherwise."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from sheetsales.errors import EditRefusedError
from sheetsales.store import Workbook
from tests.store.books import (
    SHEET,
    TABLE,
    handmade,
    members,
    parts,
    relations,
    rewritten,
    table_part,
    worksheet,
    write_parts,
)

HEADER = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>鍵</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>值</t></is></c></row>'
)
DATA = '<row r="2"><c r="A2" t="inlineStr"><is><t>甲</t></is></c><c r="B2" s="2"><v>1</v></c></row>'
SUM = "SUBTOTAL(109,t[值])"
TOTALS = (
    '<row r="3" ht="30" customHeight="1">'
    '<c r="A3" t="inlineStr" s="1"><is><r><t>合</t></r><r><rPr><b/></rPr><t>計</t></r></is></c>'
    f'<c r="B3" s="2"><f>{SUM}</f><v>1</v></c><c r="D3"><v>99</v></c></row>'
)
BESIDE = '<row r="4"><c r="D4" t="inlineStr"><is><t>旁邊</t></is></c></row>'


def totalled(folder: Path, more: str = BESIDE, after: str = "", totals: str = TOTALS) -> Path:
    columns = (
        '<tableColumn id="1" name="鍵" totalsRowLabel="合計"/>'
        '<tableColumn id="2" name="值" totalsRowFunction="sum"/>'
    )
    table = table_part("A1:B3", columns, totalsRowCount="1")
    table = table.replace('<autoFilter ref="A1:B3"/>', '<autoFilter ref="A1:B2"/>')
    return handmade(folder, worksheet(HEADER + DATA + totals + more, after=after), table)


def append(path: Path, *keys: str) -> None:
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": key, "值": 2} for key in keys])
        book.save()


def cells(path: Path) -> dict[str, etree._Element]:
    root = etree.fromstring(members(path)[SHEET])
    return {each.get("r", ""): each for each in root.iter("{*}c")}


def table_ref(path: Path) -> str:
    return str(etree.fromstring(members(path)[TABLE]).get("ref"))


def shown(cell: etree._Element | None) -> str:
    return "".join(cell.itertext()) if cell is not None else ""


def test_the_totals_row_goes_down_as_it_is(tmp_path: Path) -> None:
    path = totalled(tmp_path)
    before = cells(path)
    append(path, "乙", "丙")
    after = cells(path)
    for old, new in (("A3", "A5"), ("B3", "B5")):
        before[old].set("r", new)
        assert etree.tostring(after[new], method="c14n") == etree.tostring(
            before[old], method="c14n"
        )
    assert [shown(after[cell]) for cell in ("A3", "B3", "A4", "B4")] == ["乙", "2", "丙", "2"]
    assert after["B3"].get("s") == "2", "the style of a row of data, not of the totals"
    assert table_ref(path) == "A1:B5"
    assert b'<autoFilter ref="A1:B4"/>' in members(path)[TABLE]


def test_what_stands_beside_the_table_stays(tmp_path: Path) -> None:
    path = totalled(tmp_path)
    append(path, "乙", "丙")
    after = cells(path)
    assert (shown(after["D3"]), shown(after["D4"])) == ("99", "旁邊")
    assert b'<row r="3" ht="30" customHeight="1">' in members(path)[SHEET]


def test_appending_twice_before_saving_leaves_one_totals_row(tmp_path: Path) -> None:
    path = totalled(tmp_path)
    with Workbook.open(path) as book:
        table = book.table("t")
        table.append([{"鍵": "乙", "值": 2}])
        table.append([{"鍵": "丙"}, {"值": 4}])
        book.save()
    after = cells(path)
    assert [name for name, cell in after.items() if "SUBTOTAL" in shown(cell)] == ["B6"]
    assert [shown(after.get(f"A{row}")) for row in range(3, 7)] == ["乙", "丙", "", "合計"]


def test_the_plan_tells_of_the_rows_only(tmp_path: Path) -> None:
    path = totalled(tmp_path)
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "乙", "值": 2}])
        (row,) = book.changes.rows
    assert (row.row, row.kind) == (3, "append")
    assert [(cell.column, cell.old, cell.new) for cell in row.cells] == [
        ("鍵", None, "乙"),
        ("值", None, 2),
    ]


@pytest.mark.parametrize(("count", "last"), [(0, 3), (1, 3), (4, 6)])
def test_replacing_moves_the_totals_row_both_ways(tmp_path: Path, count: int, last: int) -> None:
    path = totalled(tmp_path)
    append(path, "乙", "丙")
    with Workbook.open(path) as book:
        book.table("t").replace([{"鍵": f"新{n}"} for n in range(count)])
        book.save()
    after = cells(path)
    assert [name for name, cell in after.items() if "SUBTOTAL" in shown(cell)] == [f"B{last}"]
    assert table_ref(path) == f"A1:B{last}"
    assert all(int(name[1:]) <= last for name in after if name[0] in "AB")


def test_a_calculated_column_is_filled_where_the_totals_stood(tmp_path: Path) -> None:
    columns = (
        '<tableColumn id="1" name="鍵"/><tableColumn id="2" name="值" totalsRowFunction="sum">'
        "<calculatedColumnFormula>t[[#This Row],[鍵]]*2</calculatedColumnFormula></tableColumn>"
    )
    table = table_part("A1:B3", columns, totalsRowCount="1")
    path = handmade(tmp_path, worksheet(HEADER + DATA + TOTALS), table)
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": 5}])
        book.save()
    after = cells(path)
    assert shown(after["B3"]) == "t[[#This Row],[鍵]]*2"
    assert shown(after["B4"]).startswith(SUM)


def test_formats_that_end_with_rows_or_totals_follow(tmp_path: Path) -> None:
    rules = (
        '<conditionalFormatting sqref="B2:B2 A1:B3 B1:B9"><cfRule type="expression" '
        'priority="1"><formula>TRUE</formula></cfRule></conditionalFormatting>'
    )
    path = totalled(tmp_path, after=rules)
    append(path, "乙", "丙")
    assert b'sqref="B2:B4 A1:B5 B1:B9"' in members(path)[SHEET]


@pytest.mark.parametrize(
    ("more", "after", "code"),
    [
        ('<row r="4"><c r="A4"><v>1</v></c></row>', "", "table-blocked"),
        ('<row r="5"><c r="B5"><v>1</v></c></row>', "", "table-blocked"),
        ("", '<mergeCells><mergeCell ref="B5:C6"/></mergeCells>', "table-blocked"),
        ('<row r="9"><c r="D9"><f>B3*2</f></c></row>', "", "table-totals-row"),
        ('<row r="9"><c r="D9"><f>SUM($B$2:$B$3)</f></c></row>', "", "table-totals-row"),
        ('<row r="9"><c r="D9"><f>表!B3</f></c></row>', "", "table-totals-row"),
        (
            '<row r="9"><c r="D9"><f t="shared" ref="D9:D12" si="0">B1</f></c></row>',
            "",
            "table-totals-row",
        ),
        ("", '<mergeCells><mergeCell ref="A3:B3"/></mergeCells>', "table-totals-row"),
        ("", '<hyperlinks><hyperlink ref="A3" location="A1"/></hyperlinks>', "table-totals-row"),
        (
            "",
            '<dataValidations><dataValidation sqref="B3" type="date"/></dataValidations>',
            "table-totals-row",
        ),
    ],
)
def test_what_means_the_old_row_refuses(tmp_path: Path, more: str, after: str, code: str) -> None:
    path = totalled(tmp_path, more, after)
    before = path.read_bytes()
    with pytest.raises(EditRefusedError) as caught:
        append(path, "乙", "丙")
    assert caught.value.code == code
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "formula",
    ["SUM(B1:B9)", "其他!B3", "SUM(t[值])", "t[[#Totals],[值]]", "B2", "SUM(B:B)", '"B3"', "D3+C3"],
)
def test_what_does_not_mean_the_old_row_is_no_obstacle(tmp_path: Path, formula: str) -> None:
    path = totalled(tmp_path, f'<row r="9"><c r="D9"><f>{formula}</f></c></row>')
    append(path, "乙", "丙")
    assert shown(cells(path)["A5"]) == "合計"
    assert shown(cells(path)["D9"]) == formula


@pytest.mark.parametrize("formula", ["SUM(B2:B2)", "B2/A1", "$B$2"])
def test_totals_that_count_by_address_stay(tmp_path: Path, formula: str) -> None:
    path = totalled(tmp_path, totals=TOTALS.replace(SUM, formula))
    with pytest.raises(EditRefusedError) as caught:
        append(path, "乙")
    assert (caught.value.code, caught.value.arguments["where"]) == ("table-totals-row", "B3")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/charts/chart1.xml", b'<c:chart xmlns:c="c"><c:f>\xe8\xa1\xa8!$B$3</c:f></c:chart>'),
        (
            "xl/workbook.xml",
            b"<definedName name=\"total\">'\xe8\xa1\xa8'!$B$3</definedName>",
        ),
    ],
)
def test_a_chart_or_a_name_of_the_total_refuses(tmp_path: Path, name: str, content: bytes) -> None:
    def change(found: dict[str, bytes]) -> None:
        if name in found:
            names = b"<definedNames>" + content + b"</definedNames></workbook>"
            found[name] = found[name].replace(b"</workbook>", names)
        else:
            found[name] = content

    path = rewritten(totalled(tmp_path), change)
    with pytest.raises(EditRefusedError) as caught:
        append(path, "乙")
    assert caught.value.code == "table-totals-row"


def test_a_print_area_is_no_obstacle(tmp_path: Path) -> None:
    area = b'<definedName name="_xlnm.Print_Area" localSheetId="0">\'\xe8\xa1\xa8\'!$A$1:$B$3<'

    def change(found: dict[str, bytes]) -> None:
        names = b"<definedNames>" + area + b"/definedName></definedNames></workbook>"
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b"</workbook>", names)

    path = rewritten(totalled(tmp_path), change)
    append(path, "乙")
    assert area in members(path)["xl/workbook.xml"]


@pytest.mark.parametrize("cell", ["A3", "B3"])
def test_a_comment_on_the_totals_refuses(tmp_path: Path, cell: str) -> None:
    content = parts(members(totalled(tmp_path))[SHEET], members(totalled(tmp_path))[TABLE].decode())
    content["xl/worksheets/_rels/sheet1.xml.rels"] = relations(
        ("table", "../tables/table1.xml"), ("comments", "../comments1.xml")
    )
    content["xl/comments1.xml"] = (
        f'<comments><commentList><comment ref="{cell}" authorId="0"/></commentList></comments>'
    )
    path = write_parts(tmp_path / "commented.xlsx", content)
    with pytest.raises(EditRefusedError) as caught:
        append(path, "乙")
    assert caught.value.arguments["where"] == f"comment {cell}"


def test_a_chain_that_lists_the_old_totals_goes(tmp_path: Path) -> None:
    content = parts(members(totalled(tmp_path))[SHEET], members(totalled(tmp_path))[TABLE].decode())
    content["xl/calcChain.xml"] = '<calcChain><c r="B3" i="1"/></calcChain>'
    content["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("styles", "styles.xml"),
        ("calcChain", "calcChain.xml"),
    )
    path = write_parts(tmp_path / "chained.xlsx", content)
    append(path, "乙")
    with zipfile.ZipFile(path) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
    assert b'fullCalcOnLoad="1"' in members(path)["xl/workbook.xml"]
