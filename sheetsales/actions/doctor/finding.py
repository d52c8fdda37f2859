"""What an examination says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sheetsales.errors import SheetsalesError

State = Literal["ok", "advice", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found.

    Attributes:
        code: what was examined; text ``doctor-<code>-<state>``.
        state: ok, advice (works, but) or broken.
        arguments: values that the text names.
        error: what is broken; it says so itself.
    """

    code: str
    state: State
    arguments: Mapping[str, object] = field(default_factory=dict)
    error: SheetsalesError | None = None
