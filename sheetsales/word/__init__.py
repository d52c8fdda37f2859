"""Word files from Word templates: the only place that touches ``.docx``; knows no schema.

Importing it loads neither pandas, python-docx nor matplotlib: pictures and subdocuments load what
they need when one is shown.
"""

from sheetsales.word.conversion import convert_template
from sheetsales.word.images import InlineImage
from sheetsales.word.jobs import Record, RenderResult
from sheetsales.word.pdf import convert_to_pdf
from sheetsales.word.properties import read_properties
from sheetsales.word.richtext import RP, Listing, R, RichText, RichTextParagraph
from sheetsales.word.subdocuments import Subdocument
from sheetsales.word.template import Template

__all__ = [
    "RP",
    "InlineImage",
    "Listing",
    "R",
    "Record",
    "RenderResult",
    "RichText",
    "RichTextParagraph",
    "Subdocument",
    "Template",
    "convert_template",
    "convert_to_pdf",
    "read_properties",
]
