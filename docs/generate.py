"""Writes the reference pages from the code and the regulation: ``python docs/generate.py``.

The pages are committed; a test compares them with what this script says now.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from sheetsales.checks import RULES
from sheetsales.cli.main import program
from sheetsales.contexts import KINDS, field_paths
from sheetsales.locale.messages import Messages
from sheetsales.schema import (
    LIST_SEPARATOR,
    DocumentKind,
    Enumeration,
    Field,
    Table,
    Text,
    load_regulation,
)
from sheetsales.scores import SCORES, Score

FOLDER = Path(__file__).resolve().parent / "reference"
LANGUAGES = ("zh-Hant", "en")
_GENERATED = "<!-- Written by docs/generate.py; change the source, then run it again. -->"
_TYPES = {
    "string": "文字 text",
    "integer": "整數 integer",
    "number": "數字 number",
    "boolean": "是否 yes/no",
    "date": "日期 date",
    "datetime": "時間 date and time",
    "list": f"多值 several, joined by `{LIST_SEPARATOR}`",
}
_USUAL_LENGTHS = {None, 255, 32767}
"""No limit, a text, a note."""
_SEVERITIES = {"error": "錯誤 error", "warning": "警告 warning", "info": "提示 note"}


def pages() -> dict[str, str]:
    """Return the text of every reference page by file name."""
    makers: Mapping[str, Callable[[], Iterable[str]]] = {
        "tables.md": tables_page,
        "lists.md": lists_page,
        "problems.md": problems_page,
        "commands.md": commands_page,
        "documents.md": documents_page,
        "scores.md": scores_page,
    }
    return {name: _tidy([_GENERATED, "", *make()]) for name, make in makers.items()}


def tables_page() -> Iterator[str]:
    """Yield the lines of the page about tables and fields."""
    regulation = load_regulation()
    yield "# 資料表 Tables"
    yield ""
    yield "活頁簿中的每個資料表與欄位。Every table of the workbooks and its columns."
    yield "●：必填 required；＝：系統計算 computed by the engine；◆：個人資料 personal data."
    for stem in regulation.workbooks:
        tables = regulation.of_workbook(stem)
        yield ""
        yield f"## {stem}.xlsm"
        yield ""
        yield from _grid(
            ("table", "資料表", "Table", "條文 clause"),
            ((_link(table.name), *_both(table.title), table.clause) for table in tables),
        )
        for table in tables:
            yield from _table_section(table)


def _table_section(table: Table) -> Iterator[str]:
    yield ""
    yield f"### {table.name}"
    yield ""
    yield from _paragraphs(
        f"**{table.title.zh_hant}　{table.title.en}**",
        table.description.zh_hant,
        table.description.en,
        f"鍵 key: {', '.join(f'`{name}`' for name in table.primary_key)}",
    )
    yield from _grid(
        ("field", "欄位", "Column", "類型 type", "規則 rules", "說明 help"),
        (
            (
                f"`{field.name}`",
                *_both(field.title),
                _type_of(field),
                _rules_of(field),
                f"{field.description.zh_hant}<br>{field.description.en}",
            )
            for field in table.fields
        ),
    )


def lists_page() -> Iterator[str]:
    """Yield the lines of the page about lists of values."""
    yield "# 選項 Lists of values"
    yield ""
    yield "儲存格顯示標籤，程式使用代碼。A cell shows the label, programs see the code."
    for enumeration in load_regulation().enumerations.values():
        yield from _enumeration_section(enumeration)


def _enumeration_section(enumeration: Enumeration) -> Iterator[str]:
    yield ""
    yield f"## {enumeration.name}"
    yield ""
    if enumeration.open:
        yield "公司可在資料表 `enum` 增列。The company may add to it in table `enum`."
        yield ""
    yield from _grid(
        ("code", "標籤", "Label"),
        ((f"`{option.code}`", *_both(option.label)) for option in enumeration.options),
    )


def _type_of(field: Field) -> str:
    if field.enumeration:
        kind = f"選項 one of {_link(field.enumeration, 'lists.md')}"
    elif field.reference:
        kind = f"參照 refers to {_link(field.reference.table)}"
    else:
        return f"{_TYPES[field.type]}{f' ({field.unit})' if field.unit else ''}"
    return f"{kind}; {_TYPES['list']}" if field.many else kind


def _rules_of(field: Field) -> str:
    marks = "".join(
        mark
        for mark, given in (("●", field.required), ("＝", field.computed), ("◆", field.personal))
        if given
    )
    bounds = (
        ("唯一 unique", field.unique),
        (f"≥ {field.minimum}", field.minimum is not None),
        (f"≤ {field.maximum}", field.maximum is not None),
        (f"≤ {field.max_length} 字 characters", field.max_length not in _USUAL_LENGTHS),
        (f"`{field.pattern}`", field.pattern is not None),
    )
    return ", ".join(filter(None, [marks, *(text for text, given in bounds if given)]))


def problems_page() -> Iterator[str]:
    """Yield the lines of the page about problems in the data and errors."""
    texts = Messages.load("zh-Hant").texts
    yield "# 問題與錯誤 Problems and errors"
    yield ""
    yield "## 資料中的問題 What can be wrong in the data"
    yield ""
    yield "`sheetsales check` 列出這些問題。These are what `sheetsales check` reports."
    for code, variants in _by_code(texts["problem"]).items():
        yield ""
        yield f"### {code}"
        yield ""
        if code in RULES:
            rule = RULES[code]
            yield f"{_SEVERITIES[rule.severity]}，條文 clause {rule.clause}"
            yield ""
        for variant in variants:
            yield from _message(texts["problem"], variant, ("what", "why", "do"))
    yield ""
    yield "## 無法執行的事 What cannot be done"
    yield ""
    yield "結束碼為 3 或 75。The exit code is 3 or 75."
    for code in sorted({name.rpartition(".")[0] for name in texts["error"]}):
        yield ""
        yield f"### {code}"
        yield ""
        yield from _message(texts["error"], code, ("what", "do"))


def _by_code(texts: Mapping[str, Text]) -> dict[str, list[str]]:
    """Return the message ids of each problem code, the plain one first."""
    found: dict[str, list[str]] = {}
    for message in sorted({name.rpartition(".")[0] for name in texts}):
        found.setdefault(message.partition(".")[0], []).append(message)
    return found


def _message(texts: Mapping[str, Text], code: str, parts: Sequence[str]) -> Iterator[str]:
    if "." in code:
        yield f"- `{code}`"
    for language in LANGUAGES:
        said = [texts[f"{code}.{part}"].written(language) for part in parts]
        indent = "  " if "." in code else ""
        yield f"{indent}- {' → '.join(_plain(text) for text in said if text)}"


def documents_page() -> Iterator[str]:
    """Yield the lines of the page about kinds of documents and the fields of their templates."""
    yield "# 文件 Documents"
    yield ""
    yield "範本可使用的欄位；`[]` 表示清單，以 `{%tr for … %}` 逐列印出。"
    yield "The fields that a template may show; `[]` is a list, printed with `{%tr for … %}`."
    for kind in load_regulation().documents.values():
        yield from _document_section(kind)


def _document_section(kind: DocumentKind) -> Iterator[str]:
    yield ""
    yield f"## {kind.name}"
    yield ""
    yield from _paragraphs(
        f"**{kind.title.zh_hant}　{kind.title.en}** ({kind.code})",
        f"`sheetsales docs make {kind.name}`",
        f"資料表 table: {_link(kind.table, 'tables.md')}；條文 clause {kind.clause}；"
        f"檔名 file name: `{kind.file_name}`",
    )
    for path in sorted(field_paths(KINDS[kind.name].shape)):
        yield f"- `{path}`"


def scores_page() -> Iterator[str]:
    """Yield the lines of the page about scores and why one may have no value."""
    texts = Messages.load("en").texts
    yield "# 分數 Scores"
    yield ""
    yield "依此順序計算，後者以前者為據。In this order, each may rest on those before it."
    for score in SCORES.values():
        yield from _score_section(score, texts["text"][score.title])
    yield ""
    yield "## 沒有分數的原因 Why there is no value"
    yield ""
    yield from _grid(
        ("reason", "原因", "Reason"),
        ((f"`{code}`", *_both(text)) for code, text in sorted(texts["reason"].items())),
    )


def _score_section(score: Score, title: Text) -> Iterator[str]:
    docstring = (inspect.getdoc(score.score) or "").replace("``", "`")
    yield ""
    yield f"## {score.name}"
    yield ""
    yield from _paragraphs(
        f"**{title.zh_hant}　{title.en}**",
        f"資料表 table: {_link(score.table, 'tables.md')}；"
        f"寫入 writes: {', '.join(f'`{name}`' for name in score.writes) or '—'}",
        re.split(r"\n\n(?:Args|Returns|Raises):", docstring)[0],
    )


def commands_page() -> Iterator[str]:
    """Yield the lines of the page about commands and their options."""
    spoken = [_spoken_commands(language) for language in LANGUAGES]
    yield "# 指令 Commands"
    yield ""
    yield "結束碼 exit codes: 0 完成 done · 1 資料有問題 the data has problems · "
    yield "2 用法錯誤 usage · 3 無法執行 could not be done · 4 程式錯誤 bug · "
    yield "75 有人開著檔案，已排入待辦 somebody has the file open, the write is queued · "
    yield "130 中斷 interrupted"
    for zh_hant, en in zip(*spoken, strict=True):
        yield from _command_section(zh_hant, en)


def _command_section(zh_hant: Mapping[str, Any], en: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"## {en['name']}"
    yield ""
    yield from _paragraphs(f"`{en['usage']}`", zh_hant["help"], en["help"])
    if en["options"]:
        yield from _grid(
            ("option", "說明", "Meaning"),
            (
                (f"`{name}`", said, meant)
                for (name, said), (_, meant) in zip(zh_hant["options"], en["options"], strict=True)
            ),
        )


def _spoken_commands(language: str) -> list[dict[str, Any]]:
    """Return the commands as a new process describes them in a language.

    The help texts are chosen when the command line's modules are imported.
    """
    done = subprocess.run(
        [sys.executable, __file__, "--commands"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "SHEETSALES_LANG": language, "PYTHONUTF8": "1"},
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _described(command: click.Command, context: click.Context) -> Iterator[dict[str, Any]]:
    yield {
        "name": context.command_path,
        "usage": " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        "help": inspect.cleandoc(command.help or "").replace("\b\n", ""),
        "options": [
            [_option_name(option, context), option.help or ""]
            for option in command.params
            if isinstance(option, click.Option)
        ],
    }
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _described(inner, click.Context(inner, info_name=name, parent=context))


def _option_name(option: click.Option, context: click.Context) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    return names if option.is_flag else f"{names} {option.make_metavar(context)}"


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(["---"] * len(heads))
    for row in rows:
        yield _row([_plain(cell) for cell in row])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _paragraphs(*texts: str) -> Iterator[str]:
    for text in texts:
        yield text
        yield ""


def _tidy(lines: Iterable[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _plain(text: str) -> str:
    return text.strip().replace("\n", " ").replace("|", "\\|")


def _both(text: Text) -> tuple[str, str]:
    return text.zh_hant, text.en


def _link(name: str, page: str = "") -> str:
    return f"[`{name}`]({page}#{name})"


def main(arguments: Sequence[str]) -> None:
    """Write the pages, or print the commands as JSON for a process that wants their language."""
    if "--commands" in arguments:
        context = click.Context(program, info_name="sheetsales")
        json.dump(list(_described(program, context)), sys.stdout, ensure_ascii=False)
        return
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
