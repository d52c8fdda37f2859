"""What cannot be done: one family of errors, each a code with arguments.

The texts (what happened, what to do) lie in ``regulation/messages.toml`` under
``[error.<code>]``; the command line and the buttons put them into the reader's
language. ``str(error)`` is the code and its arguments, for logs and tests.
"""

from __future__ import annotations


class SheetsalesError(Exception):
    """Something that was asked for cannot be done.

    Attributes:
        code: stable kebab-case code, the key of the message texts.
        arguments: values that the message names (file, sheet, cell, reason ...).
    """

    code: str = "error"

    def __init__(self, code: str | None = None, /, **arguments: object) -> None:
        super().__init__()
        if code is not None:
            self.code = code
        self.arguments = arguments

    def __str__(self) -> str:
        """Return the code followed by its arguments."""
        details = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.code} ({details})" if details else self.code


class DescriptorError(SheetsalesError):
    """A file below ``regulation/`` says something it may not say."""


class WorkbookError(SheetsalesError):
    """A workbook cannot be read or written as it is."""


class WorkbookBusyError(WorkbookError):
    """Somebody has the workbook open, or it changed since it was read."""


class EditRefusedError(WorkbookError):
    """The edit would damage the workbook or change what it means."""


class TemplateError(SheetsalesError):
    """A Word template or one of its records cannot be rendered."""


class WorkspaceError(SheetsalesError):
    """A folder is no workspace, or its settings cannot be used."""


class ScoreError(SheetsalesError):
    """A score cannot be computed or explained as asked."""
