"""Tags in running text: values, conditions, loops, joins, breaks, literals, split runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.word.equality.building import p, row, run, split, table, write_docx
from tests.word.equality.engines import Case, Kit


def _body(*body: str, **others: Any) -> Any:
    return lambda path: write_docx(path, *body, **others)


def _data(**values: Any) -> Any:
    return lambda kit, folder: values


def _money(value: object, currency: str, places: int = 2) -> str:
    return f"{currency} {value:,.{places}f}"


def _escapes(kit: Kit, folder: Path) -> Mapping[str, Any]:
    return {
        "rich": kit.rich("R <&> 'quoted' \"twice\""),
        "plain": "A&B <公司> </w:t> \"q\" 'a' ]]>",
        "listing": kit.listing("one <1>\ntwo & 2\tafter a tab\fnext page"),
        "lines": "first\nsecond\n\nfourth",
        "tabs": "a\tb\t\tc",
        "paragraphs": "one\atwo\athree",
        "page": "before\fafter",
        "all": "a\nb\tc\ad\fe\ang\n",
    }


_BREAKS = ("{{ lines }}", "x {{ tabs }} y", "{{ paragraphs }}", "[{{ page }}]", "{{ all }}")

CASES = (
    Case(
        "values",
        "variables, attributes, positions, filters",
        _body(
            p("{{ name }}, {{ buyer.name }}, {{ buyer['city'] }}, {{ items[0] }}, {{ items[-1] }}"),
            p("{{name|upper}} {{ items|join('、') }} {{ items|length }} {{ 2 + 3 * n }}"),
            p("{{ 'yes' if n > 2 else 'no' }} {{ name ~ '!' }} {{ 'even' if n is even }}"),
        ),
        _data(
            name="台灣電子", buyer={"name": "Müller", "city": "Köln"}, items=["甲", "乙", "丙"], n=4
        ),
    ),
    Case(
        "kinds of values",
        "numbers, amounts and dates print as Python prints them",
        _body(p("{{ i }} {{ f }} {{ d }} {{ day }} {{ moment }} {{ text }}|{{ empty }}|")),
        _data(
            i=-12,
            f=1234.5,
            d=Decimal("99.90"),
            day=date(2026, 11, 23),
            moment=datetime.fromisoformat("2026-11-23T09:05"),
            text="ok",
            empty="",
        ),
    ),
    Case(
        "custom filters",
        "filters of one's own; smart quotes inside tags",
        _body(
            p("{{ price|money(“EUR”) }} / {{ price|money(‘TWD’, 0) }}"),
            p("{% if kind == “A” %}first class{% else %}other{% endif %} “outside stays”"),
            p("{{ kind|replace(‘A’, “B”) }}"),
        ),
        _data(price=1234.567, kind="A"),
        filters={"money": _money},
    ),
    Case(
        "escape",
        "RichText, |e, Listing and special characters in plain values",
        _body(
            p("{{r rich }}"),
            p("{{ plain }}"),
            p("{{ plain|e }}"),
            p("{{ listing }}", properties='<w:jc w:val="center"/>'),
            *(p(each) for each in _BREAKS),
            p("the end"),
        ),
        _escapes,
    ),
    Case(
        "breaks in formatted runs",
        "line, tab, paragraph and page breaks keep the properties of paragraph and run",
        _body(
            *(
                p(
                    run("Before "),
                    run(each, "<w:b/><w:i/>"),
                    run(" after"),
                    properties='<w:pStyle w:val="Heading1"/>',
                )
                for each in _BREAKS
            )
        ),
        _escapes,
    ),
    Case(
        "escape in dictionaries",
        "iteration over a dictionary whose keys and values look like XML",
        _body(
            p("{%p for key, value in words.items() %}"),
            p("{{ key }}: {{ value }}"),
            p("{%p endfor %}"),
            p("{% for key in words %}[{{ key }}]{% endfor %}"),
        ),
        _data(words={"<a>": "1 < 2 & 3 > 2", "b&c": "</w:p>", "“q”": "'\""}),
    ),
    Case(
        "paragraph tags",
        "`{%p` removes its paragraph: conditions, loops, else, elif",
        _body(
            p("start"),
            p("{%p if show %}"),
            p("shown"),
            p("{%p else %}"),
            p("hidden"),
            p("{%p endif %}"),
            p("{%p for item in items %}"),
            p("{{ loop.index }}. {{ item }}{% if not loop.last %},{% endif %}"),
            p("{%p endfor %}"),
            p("{%p if kind == 'x' %}"),
            p("x"),
            p("{%p elif kind == 'y' %}"),
            p("y"),
            p("{%p endif %}"),
            p("end"),
        ),
        _data(show=True, items=["a", "b", "c"], kind="y"),
    ),
    Case(
        "order",
        "`{%tr`, `{%p` and plain tags mixed",
        _body(
            p("{% set total = items|length %}Total {{ total }}"),
            table(
                row("{%tr for item in items %}", ""),
                row(
                    p("{%p if item.new %}")
                    + p("new: {{ item.name }}")
                    + p("{%p else %}")
                    + p("old: {{ item.name }}")
                    + p("{%p endif %}"),
                    "{% if item.price > 5 %}high{% else %}low{% endif %} {{ item.price }}",
                ),
                row("{%tr endfor %}", ""),
                columns=2,
            ),
            p("{%p if total > 1 %}"),
            p("several"),
            p("{%p endif %}"),
        ),
        _data(
            items=[
                {"name": "a", "new": True, "price": 3},
                {"name": "b", "new": False, "price": 30},
            ]
        ),
    ),
    Case(
        "merge paragraphs",
        "`{%-` and `-%}` join paragraphs",
        _body(
            p("My house is"),
            p("{%- if rich %} large", properties='<w:jc w:val="right"/>'),
            p("{%- else %} small"),
            p("{%- endif %}, dear friend."),
            p("Next {% if rich -%}"),
            p("joined after"),
            p("{%- endif %} end"),
            p("plain"),
        ),
        _data(rich=True),
    ),
    Case(
        "preserve spaces",
        "spaces around and inside values; `xml:space`",
        _body(
            p(run("a "), run("{{ one }}"), run(" b"), run("{{ spaces }}"), run("c")),
            p("  {{ one }}  {% if show %} yes {% endif %}  "),
            p(run("{% if show %}"), run(" x "), run("{% endif %}"), run("y")),
            p("{{ one }}"),
        ),
        _data(one="1", spaces="  two  ", show=True),
    ),
    Case(
        "run tags",
        "`{%r` removes its run",
        _body(
            p(
                run("Paid "),
                run("{%r if paid %}"),
                run("in full", "<w:b/>"),
                run("{%r else %}"),
                run("not yet", "<w:i/>"),
                run("{%r endif %}"),
                run(" on time"),
            ),
            p(
                run("{%r for word in words %}"),
                run("{{ word }} ", '<w:u w:val="single"/>'),
                run("{%r endfor %}"),
            ),
        ),
        _data(paid=False, words=["one", "two", "three"]),
    ),
    Case(
        "template comments",
        "`{#p`, `{#tr`, `{#tc` and comments in a line",
        _body(
            p("before{# said to nobody #} after"),
            p("{#p this paragraph goes #}"),
            p("between"),
            table(
                row("a", "{#tc this cell goes #}", "c"),
                row("{#tr this row goes #}", "", ""),
                row("d", "e", "f"),
                columns=3,
            ),
            p("{# {{ not_a_field }} #}end"),
        ),
        explained=("idle spaces",),
    ),
    Case(
        "literals",
        "`{_{` and its like stand for braces that are none",
        _body(p("{_{ name }_} is {{ name }}"), p("{_% if x %_} and {_{ a }_} 50%")),
        _data(name="x"),
    ),
    Case(
        "split runs",
        "tags that Word split over runs of different properties",
        _body(
            p(
                split(
                    "Dear {{ name|upper }}, you owe {{ sum }}.", "<w:b/>", "", '<w:lang w:val="x"/>'
                )
            ),
            p(split("{%p if show %}", every=2)),
            p(split("{{name}} and {% if show %}yes{% endif %}", "", "<w:i/>", every=3)),
            p(split("{%p endif %}", every=5)),
        ),
        _data(name="客戶 <A>", sum=12, show=True),
    ),
    Case(
        "word 2016",
        "what Word puts between the pieces: proofing marks, bookmarks, tabs, no-break spaces",
        _body(
            p(
                run("{"),
                '<w:proofErr w:type="spellStart"/>',
                run("{ na", '<w:rFonts w:hint="eastAsia"/>'),
                '<w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>',
                run("me }"),
                '<w:proofErr w:type="spellEnd"/>',
                run("}\u00a0結束。"),
            ),
            p(run("{{ text }}\tafter\ttabs")),
            p(run("\tfirst {{ name }}"), run("\t{{ name }}\n"), run("line")),
            p(run("{{\u00a0name\u00a0}} 全形　空格 {{ name }}")),
        ),
        _data(name="王小明", text="甲\t乙\n丙"),
    ),
    Case(
        "non-latin names",
        "names and texts in Chinese inside tags",
        _body(
            p("{{ 買方.名稱 }} {% if 級別 == '甲' %}特優{% endif %}"),
            p("{% for 品項 in 明細 %}{{ 品項 }}；{% endfor %}"),
        ),
        _data(買方={"名稱": "𠮷野家 😀"}, 級別="甲", 明細=["一", "二"]),
    ),
    Case(
        "loops",
        "loop variables, nesting, filters on lists, else of an empty loop",
        _body(
            p(
                "{% for g in groups %}{{ loop.index }}/{{ loop.length }} {{ g.name }}: "
                "{% for x in g.items_ %}{{ loop.revindex0 }}{{ x }}{{ ' ' if not loop.last }}"
                "{% endfor %}{% if loop.first %}!{% endif %}; {% endfor %}"
            ),
            p("{% for x in [] %}x{% else %}none{% endfor %}"),
            p("{% for x in numbers if x > 1 %}{{ x }}{% endfor %} {{ numbers|sum }}"),
            p("{% for a, b in pairs %}{{ a }}={{ b }} {% endfor %}"),
            p(
                "{% set n = numbers|max %}{{ n }} "
                "{% if n is defined and missing is not defined %}d{% endif %}"
            ),
        ),
        _data(
            groups=[{"name": "A", "items_": [1, 2]}, {"name": "B", "items_": [3]}],
            numbers=[1, 2, 3],
            pairs=[("k", 1), ("l", 2)],
        ),
    ),
    Case(
        "hyperlinks and fields",
        "tags inside hyperlinks, simple fields and content controls",
        _body(
            p('<w:hyperlink w:anchor="top">' + run("{{ name }}") + "</w:hyperlink>", run(" x")),
            p('<w:fldSimple w:instr="AUTHOR">' + run("{{ name }}") + "</w:fldSimple>"),
            "<w:sdt><w:sdtPr/><w:sdtContent>"
            + p("{%p if show %}")
            + p("in a control {{ name }}")
            + p("{%p endif %}")
            + "</w:sdtContent></w:sdt>",
            p("<w:sdt><w:sdtContent>" + run("{{ name }}") + "</w:sdtContent></w:sdt>"),
        ),
        _data(name="A & B", show=True),
    ),
    Case(
        "several renderings",
        "the text of a record does not depend on those before it",
        _body(p("{{ name }}"), p("{%p for x in xs %}"), p("{{ x }}"), p("{%p endfor %}")),
        _data(name="one", xs=[1, 2]),
    ),
    Case(
        "nothing to render",
        "a file without tags stays as it is",
        _body(p("no tag { } % # here"), table(row("a", "b"), columns=2)),
    ),
)
