"""Excel Tables: update by key, append, replace; what grows along and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sheetsales.errors import EditRefusedError, WorkbookError
from sheetsales.store import Formula, Table, Workbook, read_tables
from tests.store.books import (
    MAIN,
    ROWS,
    SHEET,
    TABLE,
    cell_xml,
    handmade,
    members,
    openpyxl_book,
    staff_book,
    table_part,
    values,
    worksheet,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

FIELDS = {"id": "編號", "name": "名稱", "day": "日期", "amount": "金額", "subtotal": "小計"}
BLANK = {"id": None}


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    return staff_book(tmp_path / "book.xlsx")


def customer(book: Workbook) -> Table:
    return book.table("Customer", FIELDS, ["id"])


def ref(path: Path) -> str:
    return openpyxl_book(path)["客戶"].tables["customer"].ref


def column(path: Path, name: str) -> tuple[object, ...]:
    raw = read_tables(path)["customer"]
    return tuple(raw.columns[raw.headers.index(name)])


def refusal(path: Path, use: object, fields: dict[str, str] | None = None) -> EditRefusedError:
    """Return the refusal of one call; nothing of it may be left over."""
    before = path.read_bytes()
    with Workbook.open(path) as book:
        table = book.table(book.tables[0], fields, list(fields or {})[:1])
        with pytest.raises(EditRefusedError) as caught:
            use(table)
        assert not book.changes
        book.save()
    assert path.read_bytes() == before
    return caught.value


def test_a_table_says_what_it_is(staff: Path) -> None:
    with Workbook.open(staff) as book:
        table = customer(book)
        assert book.tables == ("customer",)
        assert (table.name, table.sheet, table.first_row, table.last_row) == (
            "customer", "客戶", 5, 7,
        )  # fmt: skip
        assert table.headers == tuple(FIELDS.values())
        assert table.read() == read_tables(staff)["customer"]


def test_rows_are_updated_by_key(staff: Path) -> None:
    with Workbook.open(staff) as book:
        customer(book).update({"C-000003": {"name": "新", "amount": 5}, ("C-000001",): BLANK})
        book.save()
    assert column(staff, "名稱") == ("客戶1", "客戶2", "新")
    assert column(staff, "金額") == (100.5, 201.0, 5.0)
    assert column(staff, "編號") == ("", "C-000002", "C-000003")


def test_rows_are_updated_by_their_excel_row(staff: Path) -> None:
    with Workbook.open(staff) as book:
        customer(book).update_rows({6: {"name": "新"}})
        book.save()
    assert column(staff, "名稱") == ("客戶1", "新", "客戶3")


def test_headers_are_the_fields_where_none_are_given(staff: Path) -> None:
    with Workbook.open(staff) as book:
        book.table("customer", key=["編號"]).update({"C-000002": {"名稱": "新"}})
        book.save()
    assert column(staff, "名稱")[1] == "新"


def test_keys_may_be_read_out_of_what_cells_show(tmp_path: Path) -> None:
    rows = ROWS.replace("00123", "C-000001｜甲")
    path = handmade(tmp_path, worksheet(rows), table_part())
    with Workbook.open(path) as book:
        table = book.table("t", key=["鍵"], key_of=lambda text: str(text).partition("｜")[0])
        table.update({"C-000001": {"值": 9}})
        book.save()
    assert values(path)[1] == ["C-000001｜甲", 9.0]


def test_keys_of_several_fields_and_numbers_name_a_row(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS), table_part())
    with Workbook.open(path) as book:
        book.table("t", key=["鍵", "值"]).update({("00123", 1): {"值": 9}})
        book.save()
    assert values(path)[1] == ["00123", 9.0]


def test_headers_are_compared_plainly_and_must_be_clear(tmp_path: Path) -> None:
    columns = '<tableColumn id="1" name="Ａ "/><tableColumn id="2" name="b"/>'
    path = handmade(tmp_path, worksheet(ROWS), table_part(columns=columns))
    twice = table_part(columns=columns.replace('"b"', '"A  "'))
    with Workbook.open(path) as book:
        assert book.table("t", {"a": "A"}, ["a"])
        for given, key, code in (
            ({"a": "c"}, ["a"], "table-column-missing"),
            ({"a": "A"}, ["x"], "table-column-missing"),
        ):
            with pytest.raises(WorkbookError) as caught:
                book.table("t", given, key)
            assert caught.value.code == code
    with Workbook.open(handmade(tmp_path, worksheet(ROWS), twice)) as book:
        with pytest.raises(WorkbookError) as caught:
            book.table("t", {"a": "A"})
        assert caught.value.code == "table-column-duplicate"


def test_a_cell_that_holds_the_value_is_not_written(staff: Path) -> None:
    before = staff.read_bytes()
    with Workbook.open(staff) as book:
        same = {"id": "C-000001", "name": "客戶1", "day": date(2026, 1, 1), "amount": 100.5}
        customer(book).update({"C-000001": same})
        customer(book).append([])
        assert not book.changes
        assert not book.save()
    assert staff.read_bytes() == before
    assert not (staff.parent / ".sheetsales").exists()


def test_an_edit_that_is_taken_back_is_none(staff: Path) -> None:
    with Workbook.open(staff) as book:
        customer(book).update({"C-000001": {"name": "新"}})
        customer(book).update({"C-000001": {"name": "客戶1"}})
        assert not book.changes


def test_formulas_of_staff_are_never_overwritten(staff: Path) -> None:
    error = refusal(staff, lambda t: t.update({"C-000002": {"name": "新", "subtotal": 1}}), FIELDS)
    assert (error.code, error.arguments["cell"]) == ("cell-formula", "F6")


@pytest.mark.parametrize(
    ("key", "code"), [("C-000009", "row-missing"), (("C-000001", "x"), "row-missing")]
)
def test_a_row_that_is_not_there_is_refused(staff: Path, key: object, code: str) -> None:
    assert refusal(staff, lambda t: t.update({key: {"name": "x"}}), FIELDS).code == code


def test_a_key_that_two_rows_have_is_refused(tmp_path: Path) -> None:
    rows = ROWS + '<row r="3"><c r="A3" t="inlineStr"><is><t>00123</t></is></c></row>'
    path = handmade(tmp_path, worksheet(rows), table_part("A1:B3"))
    error = refusal(path, lambda t: t.update({"00123": {"值": 2}}), {"鍵": "鍵", "值": "值"})
    assert error.code == "row-duplicate"


def test_rows_outside_the_table_are_refused(staff: Path) -> None:
    for row in (4, 8):
        error = refusal(staff, lambda t, row=row: t.update_rows({row: {"名稱": 1}}))
        assert error.code == "row-outside"


def test_an_append_fills_blank_rows_first_and_then_grows(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx", rows=1, blank=2)
    with Workbook.open(path) as book:
        table = customer(book)
        table.append([{"id": "C-000002", "day": date(2026, 3, 1)}])
        table.append([{"id": f"C-{n:06d}", "amount": n} for n in (3, 4, 5)])
        assert table.last_row == 9
        assert [row.row for row in book.changes.rows] == [6, 7, 8, 9]
        book.save()
    assert ref(path) == "B4:F9"
    assert column(path, "編號") == ("C-000001", "C-000002", "C-000003", "C-000004", "C-000005")
    assert column(path, "日期")[1] == date(2026, 3, 1)
    assert column(path, "金額") == (100.5, "", 3.0, 4.0, 5.0)


def test_new_rows_look_and_calculate_like_the_last_one(staff: Path) -> None:
    with Workbook.open(staff) as book:
        customer(book).append([{"id": "C-000004"}, {"id": "C-000005"}])
        book.save()
    sheet = openpyxl_book(staff)["客戶"]
    for row in (8, 9):
        assert sheet.row_dimensions[row].height == 21
        assert sheet.cell(row, 4).number_format == "yyyy-mm-dd"
        assert sheet.cell(row, 3).border.left.style == "thin"
        assert sheet.cell(row, 6).value == "=customer[[#This Row],[金額]]*2"


def test_formulas_that_look_at_other_rows_move_down(tmp_path: Path) -> None:
    columns = (
        '<tableColumn id="1" name="鍵"/><tableColumn id="2" name="值">'
        "<calculatedColumnFormula>B1+$B$1</calculatedColumnFormula></tableColumn>"
    )
    rows = ROWS.replace("<v>1</v>", "<f>B1+$B$1</f><v>1</v>")
    path = handmade(tmp_path, worksheet(rows), table_part(columns=columns))
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}, {"鍵": "乙"}])
        book.save()
    sheet = openpyxl_book(path).active
    assert [sheet.cell(row, 2).value for row in (3, 4)] == ["=B2+$B$1", "=B3+$B$1"]
    shared = rows.replace("<f>", '<f t="shared" ref="B2:B2" si="0">')
    path = handmade(tmp_path, worksheet(shared), table_part(columns=columns))
    assert refusal(path, lambda t: t.append([{"鍵": "甲"}])).code == "column-relative"
    array = columns.replace("<calculatedColumnFormula>", '<calculatedColumnFormula array="1">')
    path = handmade(tmp_path, worksheet(rows), table_part(columns=array))
    assert refusal(path, lambda t: t.append([{"鍵": "甲"}])).code == "column-array"


def test_a_calculated_column_takes_no_value(staff: Path) -> None:
    error = refusal(staff, lambda t: t.append([{"小計": 1}]))
    assert (error.code, error.arguments["header"]) == ("column-calculated", "小計")


def test_only_rules_that_end_with_the_table_grow_with_it(tmp_path: Path) -> None:
    after = "".join(
        f'<conditionalFormatting sqref="{sqref}"><cfRule type="expression" priority="{n}">'
        "<formula>1</formula></cfRule></conditionalFormatting>"
        for n, sqref in enumerate(("B2:B3 D2:D3", "A2:A9", "A1:C3", "A3", "#REF!"), 1)
    )
    rows = ROWS + '<row r="3"><c r="A3"><v>3</v></c></row>'
    path = handmade(tmp_path, worksheet(rows, after=after), table_part("A1:B3"))
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    sheet = members(path)[SHEET].decode()
    for sqref in ("B2:B4 D2:D3", "A2:A9", "A1:C3", "A3", "#REF!"):
        assert f'sqref="{sqref}"' in sheet


def test_dimension_and_sort_state_follow(tmp_path: Path) -> None:
    table = table_part().replace(
        "<tableColumns", '<sortState ref="A2:B2"><sortCondition ref="A2:A2"/></sortState>' * 1
        + "<tableColumns",
    )  # fmt: skip
    path = handmade(tmp_path, worksheet(ROWS, before='<dimension ref="A1:B2"/>'), table)
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    assert b'<dimension ref="A1:B3"/>' in members(path)[SHEET]
    assert b'<sortState ref="A2:B3">' in members(path)[TABLE]


def test_the_first_row_of_an_empty_table_takes_the_insert_row_away(tmp_path: Path) -> None:
    rows = ROWS.partition('<row r="2">')[0]
    path = handmade(tmp_path, worksheet(rows), table_part(insertRow="1"))
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    assert b"insertRow" not in members(path)[TABLE]
    assert values(path)[1] == ["甲"] or values(path)[1] == ["甲", ""]


def test_a_table_of_a_header_alone_gets_its_first_row(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1" s="2"><v>2</v></c></row>'
    path = handmade(tmp_path, worksheet(rows), table_part("A1:B1"))
    assert read_tables(path)["t"].columns == ((), ())
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    assert read_tables(path)["t"].columns == (("甲",), ("",))
    assert cell_xml(path, "A2").startswith('<c r="A2" t=')


@pytest.mark.parametrize(
    "table",
    [
        table_part("nonsense"),
        table_part("A1:C2"),
        table_part(headerRowCount="7"),
        table_part(headerRowCount="x"),
        table_part("A1:B1", totalsRowCount="1"),
    ],
)
def test_a_table_part_that_makes_no_sense_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises(WorkbookError) as caught:
        read_tables(handmade(tmp_path, worksheet(ROWS), table))
    assert caught.value.code == "workbook-part"


@pytest.mark.parametrize(
    ("rows", "after", "table", "code"),
    [
        ('<row r="4"><c r="B4"><v>1</v></c></row>', "", {}, "table-blocked"),
        ('<row r="3"><c r="A3"><f>1</f></c></row>', "", {}, "table-blocked"),
        ("", '<mergeCells><mergeCell ref="B4:C5"/></mergeCells>', {}, "table-blocked"),
        ("", '<sheetProtection sheet="1"/>', {}, "sheet-protected"),
        ("", "", {"tableType": "queryTable"}, "table-source"),
    ],
)
def test_a_table_that_cannot_grow_refuses(
    tmp_path: Path, rows: str, after: str, table: dict[str, str], code: str
) -> None:
    path = handmade(tmp_path, worksheet(ROWS + rows, after=after), table_part("A1:B2", **table))
    assert refusal(path, lambda t: t.append([{"鍵": "甲"}, {"鍵": "乙"}])).code == code


def test_cells_beside_and_styled_blanks_below_do_not_block(tmp_path: Path) -> None:
    below = '<row r="3"><c r="A3" s="2"/><c r="C3"><v>9</v></c></row>'
    path = handmade(tmp_path, worksheet(ROWS + below), table_part())
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    assert values(path)[2] == ["甲", "", 9.0]
    assert cell_xml(path, "A3").startswith('<c r="A3" s="2"')


def test_a_cell_set_below_blocks_like_one_in_the_file(tmp_path: Path) -> None:
    with Workbook.open(handmade(tmp_path, worksheet(ROWS), table_part())) as book:
        book.sheet("表").set("A3", 1)
        with pytest.raises(EditRefusedError) as caught:
            book.table("t").append([{"鍵": "甲"}])
    assert (caught.value.code, caught.value.arguments["cell"]) == ("table-blocked", "A3")


def test_the_last_row_of_the_sheet_is_the_end(tmp_path: Path) -> None:
    rows = '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    path = handmade(tmp_path, worksheet(rows), table_part("A1048575:B1048576"))
    assert refusal(path, lambda t: t.append([{"鍵": "甲"}])).code == "table-full"


def test_replace_rewrites_grows_and_shrinks(staff: Path) -> None:
    for names in (["甲", "乙", "丙", "丁", "戊"], ["己"], ["庚", "辛"]):
        with Workbook.open(staff) as book:
            customer(book).replace([{"id": f"X{n}", "name": name} for n, name in enumerate(names)])
            book.save()
        assert column(staff, "名稱") == tuple(names)
        assert column(staff, "金額") == ("",) * len(names)
        assert ref(staff) == f"B4:F{4 + len(names)}"
    rows = values(staff)
    assert not any(any(row[1:6]) for row in rows[6:])
    sheet = openpyxl_book(staff)["客戶"]
    assert sheet["F6"].value == "=customer[[#This Row],[金額]]*2"
    assert sheet["C6"].border.left.style == "thin"
    assert sheet["C7"].border.left.style is None


def test_replace_by_nothing_keeps_one_blank_row(staff: Path) -> None:
    with Workbook.open(staff) as book:
        customer(book).replace([])
        book.save()
    assert ref(staff) == "B4:F5"
    assert column(staff, "編號") == ("",)


def test_replace_by_the_same_rows_is_no_change(staff: Path) -> None:
    rows = [
        {"id": f"C-{n:06d}", "name": f"客戶{n}", "day": date(2026, 1, n), "amount": 100.5 * n}
        for n in (1, 2, 3)
    ]
    with Workbook.open(staff) as book:
        customer(book).replace(rows)
        assert not book.changes


def test_calls_on_one_table_add_up(staff: Path) -> None:
    with Workbook.open(staff) as book:
        table = customer(book)
        table.append([{"id": "gone"}, {"id": "gone too"}])
        table.replace([{"id": "X1"}])
        customer(book).append([{"id": "X2"}, {"id": "X3"}, {"id": "X4"}])
        book.save()
        customer(book).append([{"id": "X5"}])
        book.save()
    assert column(staff, "編號") == ("X1", "X2", "X3", "X4", "X5")
    assert column(staff, "名稱") == ("",) * 5
    assert ref(staff) == "B4:F9"


def test_engine_formulas_are_written_and_replaced(tmp_path: Path) -> None:
    path = handmade(tmp_path, worksheet(ROWS), table_part())
    for text in ("甲", "乙", "乙"):
        with Workbook.open(path) as book:
            link = Formula(f'HYPERLINK("#A1","{text}")', text)
            book.table("t").replace([{"鍵": "k", "值": link}])
            changed = bool(book.save())
    assert not changed
    assert values(path)[1] == ["k", "乙"]
    with Workbook.open(path) as book:
        book.table("t").replace([{"鍵": "k", "值": 1}])
        book.save()
    assert values(path)[1] == ["k", 1.0]


@pytest.mark.parametrize(
    "formula", ['<f t="shared" si="0"/>', '<f t="shared" ref="B2" si="0">1</f>']
)
def test_replace_leaves_shared_formulas_alone(tmp_path: Path, formula: str) -> None:
    rows = ROWS.replace("<v>1</v>", f"{formula}<v>1</v>")
    path = handmade(tmp_path, worksheet(rows), table_part())
    assert refusal(path, lambda t: t.replace([{"鍵": "甲"}])).code == "cell-shared-formula"
    path = handmade(tmp_path, worksheet(rows), table_part("A1:B2"))
    assert refusal(path, lambda t: t.replace([])).code == "cell-shared-formula"


def test_a_refused_value_leaves_nothing_of_its_call(staff: Path) -> None:
    for use in (
        lambda t: t.append([{"id": "C-000004"}, {"id": "\x00"}]),
        lambda t: t.update({"C-000001": {"name": "x"}, "C-000002": {"name": "\x00"}}),
        lambda t: t.replace([{"id": "X"}, {"id": "\x00"}]),
    ):
        error = refusal(staff, use, FIELDS)
        assert error.code == "value-character"


def test_a_prefixed_table_part_grows(tmp_path: Path) -> None:
    table = (
        f'<x:table xmlns:x="{MAIN}" id="1" name="t" displayName="t" ref="A1:B2">'
        '<x:tableColumns count="2"><x:tableColumn id="1" name="鍵"/>'
        '<x:tableColumn id="2" name="值"/></x:tableColumns></x:table>'
    )
    path = handmade(tmp_path, worksheet(ROWS), table)
    with Workbook.open(path) as book:
        book.table("t").append([{"鍵": "甲"}])
        book.save()
    assert read_tables(path)["t"].columns[0] == ("00123", "甲")
