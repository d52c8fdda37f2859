"""Formatted text in a record, with docxtpl's names and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, Unpack

from markupsafe import escape

from sheetsales.word.breaks import marked
from sheetsales.word.shown import WordValue

_UNDERLINES = frozenset("single double thick dotted dash dotDash dotDotDash wave words".split())


class TextStyle(TypedDict, total=False):
    """How a piece of a ``RichText`` looks.

    Attributes:
        style: id of a character style.
        color: colour of the letters, ``ff0000`` or ``#ff0000``.
        highlight: colour behind the letters.
        size: twice the size in points, as Word counts.
        subscript: whether it stands low and small.
        superscript: whether it stands high and small.
        bold: whether it is bold.
        italic: whether it is italic.
        underline: True, or a kind that Word knows, e.g. ``double``.
        strike: whether it is struck through.
        font: name of the font; ``eastAsia:微軟正黑體`` names that of Chinese letters.
        url_id: what ``Template.build_url_id`` returned: the piece is a link.
        rtl: whether it runs from right to left.
        lang: its language, e.g. ``zh-TW``.
    """

    style: str | None
    color: str | None
    highlight: str | None
    size: int | str | None
    subscript: bool | None
    superscript: bool | None
    bold: bool
    italic: bool
    underline: bool | str
    strike: bool
    font: str | None
    url_id: str | None
    rtl: bool
    lang: str | None


class RichText(WordValue):
    """Text in several styles, shown by ``{{r name }}``.

    >>> title = RichText("Total ", bold=True)
    >>> title.add("net", color="#ff0000")
    """

    __slots__ = ("_pieces",)
    places: frozenset[str] = frozenset({"r"})

    def __init__(self, text: object = None, **style: Unpack[TextStyle]) -> None:
        """Start with a text, or with nothing."""
        self._pieces: list[tuple[str, dict[str, Any]]] = []
        if text:
            self.add(text, **style)

    def add(self, text: object, **style: Unpack[TextStyle]) -> None:
        """Append a text, or another ``RichText`` as it is.

        Raises:
            TypeError: there is no such style.
        """
        unknown = style.keys() - TextStyle.__annotations__.keys()
        if unknown:
            raise TypeError(f"RichText has no {min(unknown)!r}")
        for value in style.values():
            require_name(value)
        if isinstance(text, RichText):
            self._pieces += text._pieces
        elif text is not None:
            self._pieces.append((str(text), dict(style)))

    @property
    def xml(self) -> str:
        """The runs, breaks excepted as ``breaks`` marks them."""
        return "".join(_run(text, style) for text, style in self._pieces)

    def texts(self) -> Iterator[str]:
        """Yield the texts and the styles' values."""
        for text, style in self._pieces:
            yield text
            yield from (str(value) for value in style.values())

    def xml_at(self, _place: str) -> str:
        """Return the runs."""
        return self.xml

    def __str__(self) -> str:
        """Return the text without its styles."""
        return "".join(text for text, _ in self._pieces)


class RichTextParagraph(WordValue):
    """Paragraphs in several styles, shown by ``{{p name }}``."""

    __slots__ = ("_paragraphs",)
    places: frozenset[str] = frozenset({"p"})

    def __init__(self, text: object = None, parastyle: str | None = None) -> None:
        """Start with a paragraph, or with nothing."""
        self._paragraphs: list[tuple[RichText, str | None]] = []
        if text:
            self.add(text, parastyle)

    def add(self, text: object, parastyle: str | None = None) -> None:
        """Append a paragraph with a text or a ``RichText`` in it; ``parastyle`` is a style's id."""
        if isinstance(text, RichTextParagraph):
            self._paragraphs += text._paragraphs
            return
        require_name(parastyle)
        self._paragraphs.append((text if isinstance(text, RichText) else RichText(text), parastyle))

    @property
    def xml(self) -> str:
        """The paragraphs."""
        return "".join(
            f'<w:p><w:pPr><w:pStyle w:val="{escape(style)}"/></w:pPr>{text.xml}</w:p>'
            if style
            else f"<w:p>{text.xml}</w:p>"
            for text, style in self._paragraphs
        )

    def texts(self) -> Iterator[str]:
        """Yield the texts and the styles' names."""
        for text, style in self._paragraphs:
            yield from text.texts()
            yield style or ""

    def xml_at(self, _place: str) -> str:
        """Return the paragraphs."""
        return self.xml


class Listing(WordValue):
    r"""Text with ``\n``, ``\t``, ``\a`` and ``\f`` in it, shown by ``{{ name }}``.

    A plain text does the same; the class is here for templates' scripts that use it.
    """

    __slots__ = ("_text",)
    places: frozenset[str] = frozenset({""})

    def __init__(self, text: object) -> None:
        """Hold a text."""
        self._text = str(text)

    @property
    def xml(self) -> str:
        """The escaped text."""
        return marked(str(escape(self._text)))

    def texts(self) -> Iterator[str]:
        """Yield the text."""
        yield self._text

    def xml_at(self, _place: str) -> str:
        """Return the escaped text."""
        return self.xml

    def __str__(self) -> str:
        """Return the text."""
        return self._text


def require_name(value: object) -> None:
    """Raise a ValueError for a style's value that no attribute can hold."""
    if not str(value).isprintable():
        raise ValueError(f"{value!r} is no name")


R = RichText
RP = RichTextParagraph


def _run(text: str, style: Mapping[str, Any]) -> str:
    properties = "".join(_properties(style))
    if properties:
        properties = f"<w:rPr>{properties}</w:rPr>"
    shown = marked(str(escape(text)))
    run = f'<w:r>{properties}<w:t xml:space="preserve">{shown}</w:t></w:r>'
    link = style.get("url_id")
    if not link:
        return run
    return f'<w:hyperlink r:id="{escape(link)}" w:tgtFrame="_blank">{run}</w:hyperlink>'


def _properties(style: Mapping[str, Any]) -> Iterator[str]:
    """Yield the properties of a run in docxtpl's order, so that both make the same XML."""
    if style.get("style"):
        yield f'<w:rStyle w:val="{escape(style["style"])}"/>'
    if style.get("color"):
        yield f'<w:color w:val="{escape(str(style["color"]).removeprefix("#"))}"/>'
    if style.get("highlight"):
        yield f'<w:shd w:fill="{escape(str(style["highlight"]).removeprefix("#"))}"/>'
    if style.get("size"):
        yield '<w:sz w:val="{0}"/><w:szCs w:val="{0}"/>'.format(escape(str(style["size"])))
    for place in ("subscript", "superscript"):
        if style.get(place):
            yield f'<w:vertAlign w:val="{place}"/>'
    yield from _strokes(style)
    yield from _language(style)


def _strokes(style: Mapping[str, Any]) -> Iterator[str]:
    for name, tag in (("bold", "b"), ("italic", "i")):
        if style.get(name):
            yield f"<w:{tag}/><w:{tag}Cs/>" if style.get("rtl") else f"<w:{tag}/>"
    line = style.get("underline")
    if line:
        yield f'<w:u w:val="{line if line in _UNDERLINES else "single"}"/>'
    if style.get("strike"):
        yield "<w:strike/>"


def _language(style: Mapping[str, Any]) -> Iterator[str]:
    if style.get("font"):
        region, colon, font = str(style["font"]).partition(":")
        name = escape(font if colon else region)
        own = f' w:eastAsia="{name}"' if colon and region == "eastAsia" else ""
        yield f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:cs="{name}"{own}/>'
    if style.get("rtl"):
        yield '<w:rtl w:val="true"/>'
    if style.get("lang"):
        yield f'<w:lang w:val="{escape(style["lang"])}"/>'
