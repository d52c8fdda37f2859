"""What all parts of the sample share: seed, dates, language, and the rows made so far."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

Row = dict[str, object]


@dataclass
class Setting:
    """The stage on which the sample company plays.

    Attributes:
        seed: same seed, same company.
        as_of: date of reference; the six quarters before its own are the company's history.
        locale: ``en`` or a Chinese locale; texts are made in it.
        rows: rows by table, filled by the builders in order.
    """

    seed: int
    as_of: date
    locale: str
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - a believable company, not a secret

    def say(self, zh_hant: str, en: str) -> str:
        """Return the text of the sample's language."""
        return en if self.locale == "en" else zh_hant

    def add(self, table: str, row: Row) -> Row:
        """Add a row to a table and return it."""
        self.rows.setdefault(table, []).append(row)
        return row

    @property
    def quarters(self) -> list[Quarter]:
        """The six whole quarters before the date of reference, oldest first."""
        current = Quarter.of(self.as_of)
        return [current.back(steps) for steps in range(6, 0, -1)]

    @property
    def cycle_quarter(self) -> Quarter:
        """The quarter that is being appraised: the last whole one."""
        return self.quarters[-1]

    @property
    def audited_quarter(self) -> Quarter:
        """The quarter that was audited: the one before the appraised one."""
        return self.quarters[-2]

    def day_in(self, quarter: Quarter) -> date:
        """Return a day of the quarter that is no Sunday."""
        span = (quarter.end - quarter.start).days
        day = quarter.start + timedelta(days=self.random.randint(0, span))
        return day - timedelta(days=1) if day.weekday() == 6 and day > quarter.start else day


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter of a day."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def back(self, steps: int) -> Quarter:
        """Return the quarter some steps earlier."""
        index = self.year * 4 + self.number - 1 - steps
        return Quarter(index // 4, index % 4 + 1)

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """Last day."""
        return self.back(-1).start - timedelta(days=1)

    @property
    def period(self) -> str:
        """Period code such as ``2026Q3``."""
        return f"{self.year}Q{self.number}"

    @property
    def months(self) -> list[str]:
        """Period codes of the three months such as ``202607``."""
        return [f"{self.year}{month:02d}" for month in self._months()]

    def _months(self) -> Iterator[int]:
        return iter(range(3 * self.number - 2, 3 * self.number + 1))


def numbered(prefix: str, number: int) -> str:
    """Return a key such as ``C-000001``."""
    return f"{prefix}-{number:06d}"
