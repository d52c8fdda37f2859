"""The parameters in force: rows of table ``param``, of each key the latest that is valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sheetsales.errors import ScoreError
from sheetsales.schema import LIST_SEPARATOR
from sheetsales.scores.columns import one_line, rows
from sheetsales.scores.derivation import PARAMETER_TABLE, Input
from sheetsales.tables import Frames

_YES = frozenset({"是", "yes", "true", "1"})
_NO = frozenset({"否", "no", "false", "0"})


@dataclass(frozen=True)
class Params:
    """The parameter values in force on a date.

    Attributes:
        values: text of the value by parameter key.
        valid_from: since when it is valid, by parameter key.
    """

    values: Mapping[str, str]
    valid_from: Mapping[str, date]

    @classmethod
    def of(cls, frames: Frames, as_of: date) -> Params:
        """Return the parameters in force: of each key the row with the latest ``valid_from``."""
        values: dict[str, str] = {}
        since: dict[str, date] = {}
        for key, value, valid_from in rows(frames["param"], "param_key", "value", "valid_from"):
            if None in (key, value, valid_from) or valid_from > as_of:
                continue
            if valid_from >= since.get(key, valid_from):
                values[key], since[key] = value, valid_from
        return cls(values, since)

    def text(self, key: str) -> str:
        """Return a parameter as text.

        Raises:
            ScoreError: no row of this key is in force.
        """
        if key not in self.values:
            raise ScoreError("param-missing", key=key)
        return self.values[key].strip()

    def decimal(self, key: str) -> Decimal:
        """Return a parameter as a number.

        Raises:
            ScoreError: it is missing or no number.
        """
        return self._number(key, self.text(key))

    def integer(self, key: str) -> int:
        """Return a parameter as a whole number.

        Raises:
            ScoreError: it is missing or no whole number.
        """
        value = self.decimal(key)
        if value != value.to_integral_value():
            raise ScoreError("param-invalid", key=key, value=self.values[key])
        return int(value)

    def decimals(self, key: str) -> tuple[Decimal, ...]:
        """Return a parameter as the numbers of its list.

        Raises:
            ScoreError: it is missing or holds something that is no number.
        """
        return tuple(self._number(key, part) for part in self.texts(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a parameter as the texts of its list.

        Raises:
            ScoreError: it is missing.
        """
        parts = (part.strip() for part in self.text(key).split(LIST_SEPARATOR))
        return tuple(part for part in parts if part)

    def flag(self, key: str) -> bool:
        """Return a parameter as yes or no.

        Raises:
            ScoreError: it is missing or says neither.
        """
        text = self.text(key).casefold()
        if text not in _YES | _NO:
            raise ScoreError("param-invalid", key=key, value=self.values[key])
        return text in _YES

    def row(self, key: str) -> tuple[str, date]:
        """Return the primary key of the row in force.

        Raises:
            ScoreError: there is none.
        """
        self.text(key)
        return key, self.valid_from[key]

    def input(self, key: str) -> Input:
        """Return a parameter of one or several numbers as an input, as its cell says it.

        Raises:
            ScoreError: it is missing or holds something that is no number.
        """
        self.decimals(key)
        return Input(PARAMETER_TABLE, one_line(*self.row(key)), "value", self.text(key))

    def _number(self, key: str, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ScoreError("param-invalid", key=key, value=self.values[key]) from error
        if not number.is_finite():
            raise ScoreError("param-invalid", key=key, value=self.values[key])
        return number
