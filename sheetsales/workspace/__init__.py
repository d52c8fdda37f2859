"""A workspace: the folder a company owns, its settings, its workbooks, its tables loaded once.

Layout::

    acme/
      sheetsales.toml      company, locale, currency, fiscal year, optionally as_of
      workbooks/           org market customer plan sales contract … (.xlsx or .xlsm)
      templates/           the company's own copies of the Word templates
      documents/           what was generated
      .sheetsales/         journal, history, waiting writes, locks, score inputs,
                           document snapshots, last computed values
"""

from __future__ import annotations

from sheetsales.workspace.folder import Workspace
from sheetsales.workspace.settings import SETTINGS, Settings

__all__ = ["SETTINGS", "Settings", "Workspace"]
