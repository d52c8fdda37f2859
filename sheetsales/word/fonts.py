"""Fonts that a template names: those this computer lacks, and Chinese text without one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from lxml import etree

from sheetsales.errors import TemplateError
from sheetsales.word.mistakes import Mistake
from sheetsales.word.package import Package
from sheetsales.word.xml import parsed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STYLES = "word/styles.xml"
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_ATTRIBUTES = ("ascii", "hAnsi", "eastAsia", "cs")
_MOST = 6

Fonts = Mapping[str, str]
"""Styles, and the fonts for Chinese that they give; empty where they give none."""


def font_mistakes(package: Package, parts: Sequence[str], file: str) -> Iterator[Mistake]:
    """Yield fonts that are not installed here, and parts whose Chinese text has no font."""
    trees = dict(_trees(package, [*parts, _STYLES], file))
    theme = _theme_fonts(package, file)
    named = _named_fonts([*trees.values()], theme)
    lacking = [name for name in named if name.lower() not in installed_fonts()]
    if lacking and installed_fonts():
        arguments = {"fonts": lacking[:_MOST]}
        yield Mistake("font", variant="missing", severity="info", arguments=arguments)
    default, styles = _style_fonts(trees.get(_STYLES), theme)
    for name in parts:
        if name in trees:
            yield from _without_font(name, trees[name], default, styles)


@lru_cache(maxsize=1)
def installed_fonts() -> frozenset[str]:
    """Return the names of the fonts of this computer in lower case, in all their languages."""
    names: set[str] = set()
    for line in _font_list().splitlines():
        names.update(part.strip().lower() for part in line.replace("\\-", "-").split(","))
    return frozenset(name for name in names if name)


def _font_list() -> str:
    import shutil  # noqa: PLC0415 (only a check needs the fonts)
    import subprocess  # noqa: PLC0415

    program = shutil.which("fc-list")
    if program is not None:
        done = subprocess.run(  # noqa: S603 (a program of the system, no input of anybody)
            [program, ":", "family"], capture_output=True, check=False, timeout=60
        )
        return done.stdout.decode("utf-8", "replace")
    from matplotlib import font_manager  # noqa: PLC0415 (loads slowly)

    return "\n".join(entry.name for entry in font_manager.fontManager.ttflist)


def _trees(
    package: Package, names: Sequence[str], file: str
) -> Iterator[tuple[str, etree._Element]]:
    for name in names:
        if name in package:
            try:
                yield name, parsed(package.content(name), file, name)
            except TemplateError:
                # Told as a broken part by the check of its tags.
                continue


def _theme_fonts(package: Package, file: str) -> dict[str, str]:
    """Return the fonts of the theme: ``minorEastAsia`` and the like; empty where none is given."""
    found: dict[str, str] = {}
    themes = [name for name in package.members if name.startswith("word/theme/theme")]
    for _, tree in _trees(package, themes, file):
        for size in ("major", "minor"):
            for font in tree.iter(f"{_A}{size}Font"):
                given = {
                    child.tag.rpartition("}")[2]: child
                    for child in font
                    if isinstance(child.tag, str)
                }
                latin = given["latin"].get("typeface", "") if "latin" in given else ""
                eastern = given["ea"].get("typeface", "") if "ea" in given else ""
                scripts = [c for c in font.iter(f"{_A}font") if c.get("script") in {"Hant", "Hans"}]
                # Where the theme leaves it open, Word takes the font of the document's language.
                found[f"{size}EastAsia"] = eastern or (
                    scripts[0].get("typeface", "") if scripts else ""
                )
                found[f"{size}Ascii"] = found[f"{size}HAnsi"] = latin
    return found


def _named_fonts(trees: Sequence[etree._Element], theme: Mapping[str, str]) -> list[str]:
    """Return the fonts that runs, styles and the theme in use name, the most used first."""
    count: Counter[str] = Counter()
    for tree in trees:
        for fonts in tree.iter(f"{_W}rFonts"):
            for attribute in _ATTRIBUTES:
                name = fonts.get(f"{_W}{attribute}")
                themed = fonts.get(f"{_W}{attribute}Theme")
                name = theme.get(themed or "", "") if themed else name
                if name and attribute != "cs" and "{" not in name:
                    count[name] += 1
    return [name for name, _ in count.most_common()]


def _east_asian(properties: etree._Element | None, theme: Mapping[str, str]) -> str:
    """Return the font for Chinese that run properties give; empty where they give none."""
    if properties is None:
        return ""
    fonts = properties.find(f"{_W}rFonts")
    if fonts is None:
        return ""
    themed = fonts.get(f"{_W}eastAsiaTheme")
    return (theme.get(themed, "") if themed else "") or fonts.get(f"{_W}eastAsia", "")


def _style_fonts(
    styles: etree._Element | None, theme: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the font for Chinese of all text, and of each style, parents included."""
    if styles is None:
        return "", {}
    default = _east_asian(styles.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"), theme)
    own: dict[str, str] = {}
    parents: dict[str, str] = {}
    for style in styles.iter(f"{_W}style"):
        name = style.get(f"{_W}styleId", "")
        own[name] = _east_asian(style.find(f"{_W}rPr"), theme)
        based = style.find(f"{_W}basedOn")
        parents[name] = based.get(f"{_W}val", "") if based is not None else ""
        if style.get(f"{_W}default") == "1" and style.get(f"{_W}type") == "paragraph":
            default = own[name] or default
    return default, {name: _inherited(name, own, parents) for name in own}


def _inherited(name: str, own: Mapping[str, str], parents: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while name and name not in seen:
        if own.get(name):
            return own[name]
        seen.add(name)
        name = parents.get(name, "")
    return ""


def _without_font(
    part: str, tree: etree._Element, default: str, styles: Fonts
) -> Iterator[Mistake]:
    """Yield one mistake for all the Chinese text of a part that has no font for it."""
    if default:
        return
    texts = []
    for run in tree.iter(f"{_W}r"):
        text = "".join(node.text or "" for node in run.findall(f"{_W}t"))
        if _CHINESE.search(_TAG.sub("", text)) and not _run_font(run, styles):
            texts.append(text)
    if texts:
        arguments = {"count": len(texts), "text": texts[0][:20]}
        yield Mistake("font", part, variant="east-asian", severity="warning", arguments=arguments)


def _run_font(run: etree._Element, styles: Fonts) -> str:
    properties = run.find(f"{_W}rPr")
    given = _east_asian(properties, {})
    fonts = properties.find(f"{_W}rFonts") if properties is not None else None
    if given or (fonts is not None and fonts.get(f"{_W}eastAsiaTheme")):
        return given or "theme"
    for holder, tag in ((run, "rPr/rStyle"), (run.getparent(), "pPr/pStyle")):
        path = "/".join(f"{_W}{step}" for step in tag.split("/"))
        style = holder.find(path) if holder is not None else None
        if style is not None and styles.get(style.get(f"{_W}val", "")):
            return styles[style.get(f"{_W}val", "")]
    table = next(run.iterancestors(f"{_W}tbl"), None)
    style = table.find(f"{_W}tblPr/{_W}tblStyle") if table is not None else None
    return styles.get(style.get(f"{_W}val", ""), "") if style is not None else ""
