"""Tags in tables: rows and columns in loops, merged cells, shading, repaired widths."""

from __future__ import annotations

from typing import Any

from tests.word.equality.building import cell, p, row, run, table, write_docx
from tests.word.equality.engines import Case, Kit


def _body(*body: str) -> Any:
    return lambda path: write_docx(path, *body, p("end"))


def _data(**values: Any) -> Any:
    return lambda kit, folder: values


_ITEMS = [
    {"name": f"產品 {n}", "price": n * 10.5, "color": color, "parts": parts}
    for n, color, parts in ((1, "FF0000", ["a"]), (2, "00FF00", []), (3, "0000FF", ["b", "c"]))
]
_SHADED = '<w:shd w:val="clear" w:color="auto" w:fill="FFFF00"/>'
_HEADS = ["一月", "二月", "三月", "四月"]


def _colours(kit: Kit, folder: object) -> dict[str, Any]:
    return {
        "alerts": [
            {"bg": "FF0000", "text": kit.rich("red", bold=True)},
            {"bg": "00FF00", "text": kit.rich("green & more", italic=True, color="#333333")},
        ]
    }


CASES = (
    Case(
        "row loop",
        "`{%tr for` repeats rows",
        _body(
            table(
                row("Name", "Price"),
                row("{%tr for item in items %}", ""),
                row("{{ item.name }}", "{{ item.price }}"),
                row("{%tr endfor %}", ""),
                row("Sum", "{{ items|sum(attribute='price') }}"),
                columns=2,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "row loop without rows",
        "a loop over nothing leaves no row",
        _body(
            table(
                row("Name", "Price"),
                row("{%tr for item in items %}", ""),
                row("{{ item.name }}", "{{ item.price }}"),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _data(items=[]),
    ),
    Case(
        "row conditions",
        "`{%tr if`, `{%tr else` inside `{%tr for`",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row("{%tr if item.price > 15 %}", ""),
                row("{{ item.name }}", "dear"),
                row("{%tr else %}", ""),
                row("{{ item.name }}", "cheap", properties="<w:trPr><w:cantSplit/></w:trPr>"),
                row("{%tr endif %}", ""),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "nested loops",
        "loops in loops in a table, in rows and in paragraphs of a cell",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row("{{ item.name }}", ""),
                row("{%tr for part in item.parts %}", ""),
                row("{{ loop.index }}", "{{ item.name }}/{{ part }}"),
                row("{%tr endfor %}", ""),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
            table(
                row("{%tr for item in items %}", ""),
                row(
                    "{{ item.name }}",
                    cell("{%p for part in item.parts %}", "{{ part }}", "{%p endfor %}", "."),
                ),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "table in a cell",
        "a table inside a cell that a loop repeats",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row(
                    "{{ item.name }}",
                    cell(
                        table(
                            row("{%tr for part in item.parts %}"),
                            row("{{ part }}"),
                            row("{%tr endfor %}"),
                            row("last"),
                            columns=1,
                        ),
                        "",
                    ),
                ),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "cell background",
        "`{% cellbg %}`, with RichText in a `{%tr` loop",
        _body(
            table(
                row("{%tr for alert in alerts %}", ""),
                row("{% cellbg alert.bg %}{{r alert.text }}", "{% cellbg 'CCCCCC' %}x"),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _colours,
    ),
    Case(
        "cell background replaced",
        "`{% cellbg %}` in a cell that is shaded already",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row(
                    cell("{% cellbg item.color %}{{ item.name }}", properties=_SHADED),
                    cell("untouched", properties=_SHADED),
                ),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "dynamic columns",
        "`{%tc for` makes columns; their widths are repaired",
        _body(
            table(
                row("", "{%tc for head in heads %}", "{{ head }}", "{%tc endfor %}"),
                row("{%tr for line in lines %}", "", "", ""),
                row(
                    "{{ line.name }}",
                    "{%tc for value in line.cells %}",
                    "{{ value }}",
                    "{%tc endfor %}",
                ),
                row("{%tr endfor %}", "", "", ""),
                columns=4,
            )
        ),
        _data(
            heads=_HEADS,
            lines=[{"name": f"店 {n}", "cells": [n * k for k in range(4)]} for n in (1, 2, 3)],
        ),
    ),
    Case(
        "fewer cells after a loop",
        "`{%tc for` that yields fewer columns than the table has",
        _body(
            table(
                row("{%tc for head in heads %}", "{{ head }}", "{%tc endfor %}", "x", "y", "z"),
                row("1", "{%tc if no %}", "2", "{%tc endif %}", "3", "4"),
                columns=6,
                width=1500,
            )
        ),
        _data(heads=["only"], no=False),
    ),
    Case(
        "more cells after a loop",
        "`{%tc for` that yields many more columns than the table has",
        _body(
            table(
                row("{%tc for head in heads %}", "{{ head }}", "{%tc endfor %}"),
                columns=3,
                width=3001,
            )
        ),
        _data(heads=[f"h{n}" for n in range(11)]),
    ),
    Case(
        "cell conditions",
        "`{%tc if` with else",
        _body(
            table(
                row("a", "{%tc if wide %}", "b", "{%tc else %}", "B", "{%tc endif %}", "c"),
                row("1", "{%tc if wide %}", "2", "{%tc else %}", "II", "{%tc endif %}", "3"),
                columns=7,
            )
        ),
        _data(wide=False),
    ),
    Case(
        "column span",
        "`{% colspan n %}` spans cells",
        _body(
            table(
                row("{% colspan heads|count %}Title"),
                row("{%tc for head in heads %}", "{{ head }}", "{%tc endfor %}"),
                columns=3,
            ),
            table(
                row(
                    cell("{% colspan n %}spans {{ n }}", properties='<w:gridSpan w:val="2"/>'), "x"
                ),
                row("a", "b", "c"),
                columns=3,
            ),
        ),
        _data(heads=_HEADS, n=2),
    ),
    Case(
        "horizontal merge",
        "`{% hm %}` joins the cells of a loop in one row",
        _body(
            table(
                row("{%tc for head in heads %}", "{% hm %}Months", "{%tc endfor %}"),
                row("{%tc for head in heads %}", "{{ head }}", "{%tc endfor %}"),
                columns=3,
            )
        ),
        _data(heads=_HEADS),
    ),
    Case(
        "vertical merge",
        "`{% vm %}` joins the cells of a loop in one column",
        _body(
            table(
                row("{%tr for item in items %}", ""),
                row("{% vm %}all of them", "{{ item.name }}"),
                row("{%tr endfor %}", ""),
                columns=2,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "nested vertical merge",
        "`{% vm %}` in loops inside loops",
        _body(
            table(
                row("{%tr for group in groups %}", "", ""),
                row("{%tr for line in group.lines %}", "", ""),
                row("{% vm %}{{ group.name }}", "{{ line.name }}", "{{ line.price }}"),
                row("{%tr endfor %}", "", ""),
                row("{%tr endfor %}", "", ""),
                columns=3,
            )
        ),
        _data(
            groups=[
                {"name": "甲", "lines": [{"name": "a", "price": 1}, {"name": "b", "price": 2}]},
                {"name": "乙", "lines": [{"name": "c", "price": 3}]},
                {"name": "丙", "lines": [{"name": x, "price": 4} for x in "def"]},
            ]
        ),
        explained=("namespace prefixes",),
    ),
    Case(
        "formatted cells",
        "runs, paragraphs and merged cells of a row keep their properties in a loop",
        _body(
            table(
                row("{%tr for item in items %}", "", ""),
                row(
                    cell(
                        p(run("{{ item.name }}", "<w:b/>"), properties='<w:jc w:val="center"/>'),
                        properties='<w:gridSpan w:val="2"/><w:vAlign w:val="center"/>',
                        width=4000,
                    ),
                    "{{ item.price }}",
                ),
                row("{%tr endfor %}", "", ""),
                columns=3,
            )
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "loop over tables",
        "`{%p for` around a whole table",
        _body(
            p("{%p for item in items %}"),
            p("{{ item.name }}"),
            table(row("Price", "{{ item.price }}"), columns=2),
            p("{%p endfor %}"),
        ),
        _data(items=_ITEMS),
    ),
    Case(
        "conditions within a line of cells",
        "tags in each cell, with breaks in their values",
        _body(
            table(
                row("{{ a }}", "{% if b %}{{ b }}{% else %}-{% endif %}", "{{ c }}"),
                columns=3,
            )
        ),
        _data(a="one\ntwo", b="", c="x\ty\az"),
    ),
)
