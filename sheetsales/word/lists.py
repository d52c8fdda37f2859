"""Numbered lists of many documents in one file: each document counts from its own beginning."""

from __future__ import annotations

from lxml import etree

from sheetsales.word.sections import Body, set_list, w

_LEVELS = 9


class Lists:
    """The lists of the template, and those that documents after the first get instead.

    Args:
        numbering: the part of the lists; empty if there is none.
        styles: the part of the styles, some of which number paragraphs; empty if there is none.
    """

    def __init__(self, numbering: bytes, styles: bytes) -> None:
        self._root = etree.fromstring(numbering) if numbering else None
        self._lists: dict[str, etree._Element] = {}
        self._levels: dict[str, dict[str, etree._Element]] = {}
        if self._root is not None:
            self._lists = {item.get(w("numId"), ""): item for item in self._root.iter(w("num"))}
            self._levels = {
                item.get(w("abstractNumId"), ""): {
                    level.get(w("ilvl"), ""): level for level in item.findall(w("lvl"))
                }
                for item in self._root.iter(w("abstractNum"))
            }
        self._next = 1 + max((int(id_) for id_ in self._lists if id_.isdecimal()), default=0)
        self._styles, self._default = _numbered_styles(styles) if styles else ({}, "")

    def split(self) -> tuple[str, str]:
        """Return what stands before and after the lists of later documents."""
        assert self._root is not None
        text = etree.tostring(self._root, encoding="unicode")
        last = [item for item in self._root if item.tag == w("num")]
        if not last:
            end = text.rindex("</")
            return text[:end], text[end:]
        name = f"</{last[-1].prefix}:num>" if last[-1].prefix else "</num>"
        end = text.rindex(name) + len(name)
        return text[:end], text[end:]

    def restart(self, body: Body) -> str:
        """Give a document lists of its own; return their descriptions."""
        new: dict[str, str] = {}
        for paragraph in body.root.iter(w("p")):
            number, level = self._list_of(paragraph)
            if number in self._lists:
                if number not in new:
                    new[number] = str(self._next)
                    self._next += 1
                set_list(paragraph, new[number], level)
        return "".join(self._described(old, number) for old, number in new.items())

    def _list_of(self, paragraph: etree._Element) -> tuple[str, str]:
        """Return the list and level of a paragraph, by itself or by its style."""
        own = paragraph.find(f"{w('pPr')}/{w('numPr')}")
        if own is not None and own.find(w("numId")) is not None:
            return _value(own, "numId"), _value(own, "ilvl") or "0"
        style = _value(paragraph.find(w("pPr")), "pStyle") or self._default
        number, level = self._styles.get(style, ("", "0"))
        if number in self._lists:
            abstract = _value(self._lists[number], "abstractNumId")
            for name, described in self._levels.get(abstract, {}).items():
                if _value(described, "pStyle") == style:
                    level = name
        return number, level

    def _described(self, old: str, number: str) -> str:
        source = self._lists[old]
        abstract = _value(source, "abstractNumId")
        item = etree.Element(w("num"), nsmap={"w": w("")[1:-1]})
        item.set(w("numId"), number)
        etree.SubElement(item, w("abstractNumId")).set(w("val"), abstract)
        given = {level.get(w("ilvl"), ""): level for level in source.findall(w("lvlOverride"))}
        for level in map(str, range(_LEVELS)):
            override = etree.SubElement(item, w("lvlOverride"))
            override.set(w("ilvl"), level)
            start = _value(given.get(level), "startOverride") or _value(
                self._levels.get(abstract, {}).get(level), "start"
            )
            etree.SubElement(override, w("startOverride")).set(w("val"), start or "1")
            for described in given[level].findall(w("lvl")) if level in given else ():
                override.append(etree.fromstring(etree.tostring(described)))
        return etree.tostring(item, encoding="unicode")


def _numbered_styles(content: bytes) -> tuple[dict[str, tuple[str, str]], str]:
    """Return list and level by style, and the style of paragraphs that name none."""
    styles = {
        item.get(w("styleId"), ""): item
        for item in etree.fromstring(content).iter(w("style"))
        if item.get(w("type"), "paragraph") == "paragraph"
    }
    default = next((id_ for id_, item in styles.items() if item.get(w("default")) == "1"), "")
    return {id_: found for id_ in styles if (found := _list_of_style(styles, id_))[0]}, default


def _list_of_style(styles: dict[str, etree._Element], id_: str) -> tuple[str, str]:
    number, level, seen = "", "", set()
    while id_ in styles and id_ not in seen and not number:
        seen.add(id_)
        found = styles[id_].find(f"{w('pPr')}/{w('numPr')}")
        number, level = _value(found, "numId"), level or _value(found, "ilvl")
        id_ = _value(styles[id_], "basedOn")
    return number, level or "0"


def _value(parent: etree._Element | None, name: str) -> str:
    found = None if parent is None else parent.find(w(name))
    return "" if found is None else found.get(w("val"), "")
