"""Makes a template ready for rendering, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sheetsales.word import relations
from sheetsales.word.compiled import CompiledTemplate
from sheetsales.word.deflate import DeflateName, deflater
from sheetsales.word.package import Package
from sheetsales.word.parts import CompiledPart, compile_part
from sheetsales.word.properties import CORE_PART, CoreTimes
from sheetsales.word.rendering import PartEnvironment
from sheetsales.word.replacing import Replacements
from sheetsales.word.threats import stripped, threats

_SETTINGS = "word/settings.xml"
_UPDATE = "<w:updateFields"
_ROOT = re.compile(r"(<w:settings\b[^>]*?)(/?)>")
# The schema puts updateFields behind these; Word refuses settings in another order.
_BEFORE = (
    "w:writeProtection w:view w:zoom w:removePersonalInformation w:removeDateAndTime "
    "w:doNotDisplayPageBoundaries w:displayBackgroundShape w:printPostScriptOverText "
    "w:printFractionalCharacterWidth w:printFormsData w:embedTrueTypeFonts w:embedSystemFonts "
    "w:saveSubsetFonts w:saveFormsData w:mirrorMargins w:alignBordersAndEdges "
    "w:bordersDoNotSurroundHeader w:bordersDoNotSurroundFooter w:gutterAtTop "
    "w:hideSpellingErrors w:hideGrammaticalErrors w:activeWritingStyle w:proofState "
    "w:formsDesign w:attachedTemplate w:linkStyles w:stylePaneFormatFilter "
    "w:stylePaneSortMethod w:documentType w:mailMerge w:revisionView w:trackRevisions "
    "w:doNotTrackMoves w:doNotTrackFormatting w:documentProtection w:autoFormatOverride "
    "w:styleLockTheme w:styleLockQFSet w:defaultTabStop w:autoHyphenation "
    "w:consecutiveHyphenLimit w:hyphenationZone w:doNotHyphenateCaps w:showEnvelope "
    "w:summaryLength w:clickAndTypeStyle w:defaultTableStyle w:evenAndOddHeaders "
    "w:bookFoldRevPrinting w:bookFoldPrinting w:bookFoldPrintingSheets "
    "w:drawingGridHorizontalSpacing w:drawingGridVerticalSpacing "
    "w:displayHorizontalDrawingGridEvery w:displayVerticalDrawingGridEvery "
    "w:doNotUseMarginsForDrawingGridOrigin w:drawingGridHorizontalOrigin "
    "w:drawingGridVerticalOrigin w:doNotShadeFormData w:noPunctuationKerning "
    "w:characterSpacingControl w:printTwoOnOne w:strictFirstAndLastChars w:noLineBreaksAfter "
    "w:noLineBreaksBefore w:savePreviewPicture w:doNotValidateAgainstSchema "
    "w:saveInvalidXml w:ignoreMixedContent w:alwaysShowPlaceholderText "
    "w:doNotDemarcateInvalidXml w:saveXmlDataOnly w:useXSLTWhenSaving w:saveThroughXslt "
    "w:showXMLTags w:alwaysMergeEmptyNamespace"
).split()


class TemplateSource(Protocol):
    """What a template is compiled from."""

    path: Path
    filters: dict[str, Callable[..., Any]]
    deflate: DeflateName
    update_fields: bool

    @property
    def replacements(self) -> Replacements:
        """What is put in the place of its pictures and files."""
        ...

    @property
    def package(self) -> Package:
        """The parts of the file."""
        ...


def compile_template(template: TemplateSource) -> CompiledTemplate:
    """Return what makes the documents of a template.

    Raises:
        TemplateError: a tag cannot be read, or the file holds what is refused.
    """
    file = template.path.name
    package = template.package
    for threat in threats(package, file):
        raise threat
    package = stripped(package, file)[0]
    package = template.replacements.applied(package, file)
    if template.update_fields and _SETTINGS in package:
        package = package.replaced({_SETTINGS: _updating(package.content(_SETTINGS))})
    environment = PartEnvironment(template.filters)
    core = CoreTimes(package.content(CORE_PART), file) if CORE_PART in package else None
    core_part = compile_part(file, CORE_PART, core.blob, environment) if core else None
    return CompiledTemplate(
        file=file,
        package=package,
        main=relations.main_part(package, file),
        parts=tuple(_parts(package, file, environment)),
        core=core,
        core_part=core_part,
        environment=environment,
        deflater=deflater(template.deflate),
    )


def _parts(package: Package, file: str, environment: PartEnvironment) -> list[CompiledPart]:
    names = relations.text_parts(package, file)
    found = [compile_part(file, name, package.content(name), environment) for name in names]
    return [part for part in found if part is not None]


def _updating(blob: bytes) -> bytes:
    """Return settings that make Word bring fields up to date when it opens the document."""
    text = blob.decode()
    if _UPDATE in text:
        return re.sub(r"<w:updateFields\b[^>]*/>", f'{_UPDATE} w:val="true"/>', text).encode()
    root = _ROOT.search(text)
    if root is None:
        return blob
    at = root.end()
    if root.group(2):
        opened = f'{root.group(1)}>{_UPDATE} w:val="true"/></w:settings>'
        return (text[: root.start()] + opened + text[at:]).encode()
    earlier = re.compile(rf"\s*<({'|'.join(_BEFORE)})\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
    while found := earlier.match(text, at):
        at = found.end()
    return f'{text[:at]}{_UPDATE} w:val="true"/>{text[at:]}'.encode()
