"""The contract of the benchmark: its template in the syntax of each engine, and its records.

Only the standard library is needed for the records, so that the environments of the rivals can use
this module too.
"""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

FIELDS = (
    "number date place currency total total_words tax_rate tax payment_days warranty_months "
    "delivery_place delivery_date buyer_name buyer_address buyer_person buyer_phone "
    "seller_name seller_address seller_person seller_phone"
).split()
ITEMS = 10
COLUMNS = "code name spec unit quantity price amount".split()
STYLES_KB = {"lean": 39, "plain": 0}
"""How large the styles are made; 0: those that python-docx brings."""

_SHOWN = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>\s*")
_ENDS = re.compile(r"</w:p>|<w:p/>")
_MARKUP = re.compile(r"<[^>]+>")
_LEFT_OUT = ("word/stylesWithEffects.xml", "docProps/thumbnail.jpeg")
"""What python-docx brings and Word does not write."""
_LEFT_OUT_ELEMENT = re.compile(
    rb'<(?:Relationship|Override)\b[^>]*"[^"]*(?:stylesWithEffects\.xml|thumbnail\.jpeg)"[^>]*>'
)
_TEXTS = (
    "甲方向乙方購買下列貨物，雙方同意依本合約各條款履行，並各執一份為憑。",
    "貨物之品質、規格、數量應符合附件所載；如有不符，甲方得於驗收後七日內以書面通知乙方更換。",
    "乙方應於交貨日前三日通知甲方，並負擔運送途中之一切費用與危險。",
    "任何一方違反本合約，應賠償他方因此所受之損害；但因不可抗力所致者，不在此限。",
    "本合約未盡事宜，由雙方依誠信原則協商；協商不成時，以合約簽訂地之法院為第一審管轄法院。",
)


@dataclass(frozen=True)
class Syntax:
    """How an engine writes its tags."""

    variable: str
    begin_if: str
    end_if: str
    begin_rows: str
    end_rows: str
    cell: str


JINJA = Syntax(
    "{{{{ {0} }}}}",
    "{{%p if {0} %}}",
    "{{%p endif %}}",
    "{{%tr for item in items %}}",
    "{{%tr endfor %}}",
    "{{{{ item.{0} }}}}",
)
BRACES = Syntax("{{{0}}}", "{{#{0}}}", "{{/{0}}}", "{{#items}}", "{{/items}}", "{{{0}}}")
"""The syntax of docxtemplater."""


def records(count: int, items: int = ITEMS) -> Iterator[dict[str, Any]]:
    """Yield contracts, the same ones each time."""
    chance = random.Random(7)
    for number in range(1, count + 1):
        lines = [_line(chance, row) for row in range(1, items + 1)]
        total = sum(int(line["amount"].replace(",", "")) for line in lines)
        yield {
            **{name: f"{name} {number} 號 & <{chance.randint(100, 999)}>" for name in FIELDS},
            "number": f"SC-{number:06}",
            "date": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "total": f"{total:,}",
            "buyer_name": f"客戶第 {number} 股份有限公司 A&B",
            "items": lines,
            "has_warranty": number % 2 == 0,
            "has_penalty": number % 3 == 0,
        }


def _line(chance: random.Random, row: int) -> dict[str, str]:
    quantity, price = chance.randint(1, 500), chance.randint(10, 90_000)
    return {
        "code": f"P-{row:03}-{chance.randint(1000, 9999)}",
        "name": f"溫度感測器 <{chance.randint(1, 99)}>",
        "spec": f"DN{chance.randint(15, 300)} / {chance.randint(1, 16)} bar",
        "unit": "台",
        "quantity": f"{quantity:,}",
        "price": f"{price:,}",
        "amount": f"{quantity * price:,}",
    }


def write_template(path: Path, styles: str, syntax: Syntax = JINJA) -> Path:
    """Write the template; python-docx makes it, `styles` says how large its styles are."""
    content = _document(syntax)
    size = STYLES_KB[styles]
    path.write_bytes(_with_lean_styles(content, size * 1000) if size else content)
    return path


def _document(syntax: Syntax) -> bytes:
    import docx

    document = docx.Document()
    section = document.sections[0]
    tag = syntax.variable.format
    section.header.paragraphs[0].text = f"{tag('seller_name')}　合約 {tag('number')}"
    section.footer.paragraphs[0].text = f"{tag('number')} / {tag('date')}"
    document.add_heading("銷售合約", level=1)
    for name in FIELDS:
        document.add_paragraph(f"{name}：").add_run(tag(name)).bold = True
    for number, text in enumerate(_TEXTS * 4, 1):
        document.add_paragraph(f"第 {number} 條　{text}")
    _add_items(document, syntax)
    for name, text in (("has_warranty", _TEXTS[1]), ("has_penalty", _TEXTS[3])):
        document.add_paragraph(syntax.begin_if.format(name))
        document.add_paragraph(f"{text}{tag('warranty_months')}")
        document.add_paragraph(syntax.end_if.format(name))
    document.add_paragraph(f"簽署於 {tag('place')}")
    _set_fonts(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _add_items(document: Any, syntax: Syntax) -> None:
    """Add the table; docxtemplater repeats the row that holds both of its tags."""
    own_rows = syntax is JINJA
    table = document.add_table(rows=4 if own_rows else 2, cols=len(COLUMNS), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.text = name
    line = table.rows[2 if own_rows else 1].cells
    for cell, name in zip(line, COLUMNS, strict=True):
        cell.text = syntax.cell.format(name)
    if own_rows:
        table.rows[1].cells[0].text = syntax.begin_rows.format()
        table.rows[3].cells[0].text = syntax.end_rows.format()
    else:
        line[0].text = syntax.begin_rows.format() + line[0].text
        line[-1].text += syntax.end_rows.format()


def _set_fonts(document: Any) -> None:
    """Give each run its fonts and size, as the files of Chinese authors have them."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    cells = (cell for table in document.tables for row in table.rows for cell in row.cells)
    for paragraph in [*document.paragraphs, *(each for cell in cells for each in cell.paragraphs)]:
        for run in paragraph.runs:
            run.font.name = "Times New Roman"
            run.font.size = Pt(10.5)
            run._r.rPr.rFonts.set(qn("w:eastAsia"), "標楷體")


def _with_lean_styles(content: bytes, size: int) -> bytes:
    """Return a file whose styles are as large as those that Word writes itself."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename in _LEFT_OUT:
                continue
            data = old.read(info)
            if info.filename == "word/styles.xml":
                data = _shortened(data, size)
            elif info.filename.endswith((".rels", "[Content_Types].xml")):
                data = _LEFT_OUT_ELEMENT.sub(b"", data)
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _shortened(styles: bytes, size: int) -> bytes:
    """Keep the styles that are used, and others up to a size."""
    from lxml import etree

    tree = etree.fromstring(styles)
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    used = {"Normal", "Heading1", "TableNormal", "TableGrid", "Header", "Footer"}
    for each in reversed(tree.findall(f"{space}style")):
        if len(etree.tostring(tree)) <= size:
            break
        if each.get(f"{space}styleId") not in used:
            tree.remove(each)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def texts_of(content: bytes) -> list[str]:
    """Return the text of each part of a document that shows any."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        names = sorted(filter(_SHOWN.fullmatch, package.namelist()))
        return [_text_of(package.read(name).decode()) for name in names]


def _text_of(xml: str) -> str:
    lines = (_MARKUP.sub("", each) for each in _ENDS.split(_HEAD.sub("", xml)))
    return "\n".join(unescape(line) for line in lines if line.strip())
