"""Word files from Word templates: the only place that touches ``.docx``; knows no schema.

Importing it loads neither pandas nor matplotlib; pictures load matplotlib when one is drawn.
"""

from sheetsales.word.batch import Record, RenderResult
from sheetsales.word.conversion import convert_template
from sheetsales.word.pdf import convert_to_pdf
from sheetsales.word.properties import read_properties
from sheetsales.word.template import Template

__all__ = [
    "Record",
    "RenderResult",
    "Template",
    "convert_template",
    "convert_to_pdf",
    "read_properties",
]
