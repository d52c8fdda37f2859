"""Workbooks as they were before each save: kept once per content, thinned out with age."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sheetsales.errors import WorkbookError
from sheetsales.store import system
from sheetsales.store.differences import RowDifference, differences
from sheetsales.store.folders import StoreFolder

NEWEST = 20
DAYS = 30
MONTHS = 24
NEVER_PRUNED = 3
SPACE = 500 << 20
TIMES_THE_BOOK = 50

_DIGEST = 16
_TIME = "%Y%m%dT%H%M%S%fZ"
_NAME = re.compile(r"(?P<time>[0-9]{8}T[0-9]{6}[0-9]{0,6}Z)-(?P<digest>[0-9a-f]{16})")
_PART = ".part"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A workbook as it was.

    Attributes:
        time: when it was last seen so.
        digest: the first 16 hexadecimal digits of its SHA-256.
        path: the file that is kept.
        size: its bytes.
    """

    time: datetime
    digest: str
    path: Path
    size: int


class History:
    """The history of a store folder.

    Attributes:
        folder: the store folder.
        place: the folder of the files, by default ``history`` of the store folder.
    """

    def __init__(self, folder: StoreFolder, place: Path | None = None) -> None:
        self.folder = folder
        self.place = place or folder.history

    def keep(self, book: Path, digest: str) -> Path:
        """Keep a workbook as it is now, on the disk when this returns.

        The same content is kept once, under the time when it was last seen.

        Args:
            book: the workbook's file.
            digest: its SHA-256.

        Raises:
            OSError: it could not be written.
        """
        place = system.make_folder(self._place(book))
        time = system.now().strftime(_TIME)
        kept = place / f"{_stem(book)}.{time}-{digest[:_DIGEST]}{book.suffix}"
        same = [each.path for each in self._versions(book) if each.digest == digest[:_DIGEST]]
        if same:
            system.replace(same[0], kept)
            system.sync_folder(place)
        else:
            system.copy_durable(book, kept)
        return kept

    def versions(self, book: Path) -> list[Version]:
        """Return what is kept of a workbook, newest first.

        Raises:
            WorkbookError: ``workbook-unreadable``, the folder cannot be read.
        """
        try:
            return self._versions(book)
        except OSError as error:
            reason = error.strerror or str(error)
            raise WorkbookError("workbook-unreadable", book=book.name, reason=reason) from error

    def version(self, book: Path, digest: str) -> Version:
        """Return the version whose hash begins with some digits.

        Raises:
            WorkbookError: ``workbook-version-missing``, none or more than one has it.
        """
        wanted = digest.casefold()[:_DIGEST]
        found = [each for each in self.versions(book) if each.digest.startswith(wanted)]
        if not wanted or len(found) != 1:
            raise WorkbookError("workbook-version-missing", book=book.name, version=digest)
        return found[0]

    def diff(
        self,
        version: Version,
        other: Version | Path,
        keys: Mapping[str, Sequence[str]] | None = None,
    ) -> list[RowDifference]:
        """Return the rows in which a version differs from a later one, or from a file.

        See `sheetsales.store.differences.differences`.
        """
        newer = other.path if isinstance(other, Version) else other
        return differences(version.path, newer, keys)

    def prune(self, book: Path) -> list[Version]:
        """Remove the versions of a workbook that need not be kept any longer; return them.

        Raises:
            OSError: the folder cannot be read, or a file cannot be removed.
        """
        versions = self._versions(book)
        size = book.stat().st_size if book.exists() else 0
        left = kept(versions, system.now(), max(SPACE, TIMES_THE_BOOK * size))
        removed = [version for version in versions if version not in left]
        for version in removed:
            system.remove(version.path)
        return removed

    def clean(self, book: Path) -> None:
        """Remove what a process left that died while it kept a workbook.

        Only under the lock of the book.
        """
        place = self._place(book)
        for path in list(place.iterdir()) if place.is_dir() else ():
            if path.name.endswith(_PART) and _version(path.with_suffix(""), book, size=0):
                with suppress(OSError):
                    system.remove(path)

    def _versions(self, book: Path) -> list[Version]:
        place = self._place(book)
        files = place.iterdir() if place.is_dir() else iter(())
        found = (_version(path, book) for path in files)
        return sorted((version for version in found if version), reverse=True)

    def _place(self, book: Path) -> Path:
        """Return the folder for a book: books of the same name may lie in several folders."""
        resolved, home = book.resolve().parent, self.folder.home.resolve()
        if resolved != home and resolved.is_relative_to(home):
            return self.place / resolved.relative_to(home)
        return self.place


def kept(versions: Collection[Version], now: datetime, space: int) -> set[Version]:
    """Return the versions that are to stay.

    These are the newest 20, the newest of each day for 30 days and of each month for 24 months;
    of them, the oldest go while all take more than the space. The newest three always stay.

    Args:
        versions: what is there, in any order.
        now: the time.
        space: bytes that they may take in all.
    """
    newest_first = sorted(versions, reverse=True)
    days = _newest_by(newest_first, "%Y-%m-%d", now - timedelta(days=DAYS))
    months = _newest_by(newest_first, "%Y-%m", _months_before(now, MONTHS))
    wanted = {*newest_first[:NEWEST], *days, *months}
    left: set[Version] = set()
    taken = 0
    for number, version in enumerate(each for each in newest_first if each in wanted):
        taken += version.size
        if number >= NEVER_PRUNED and taken > space:
            break
        left.add(version)
    return left


def _newest_by(newest_first: Sequence[Version], unit: str, since: datetime) -> Iterable[Version]:
    first: dict[str, Version] = {}
    for version in newest_first:
        if version.time >= since:
            first.setdefault(version.time.astimezone(UTC).strftime(unit), version)
    return first.values()


def _months_before(now: datetime, months: int) -> datetime:
    number = now.year * 12 + now.month - 1 - months
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=number // 12, month=number % 12 + 1)


def _stem(book: Path) -> str:
    return unicodedata.normalize("NFC", book.stem)


def _version(path: Path, book: Path, size: int | None = None) -> Version | None:
    """Return the version that a file of the history is, if it is one of that book."""
    name = unicodedata.normalize("NFC", path.name)
    start, end = f"{_stem(book)}.", book.suffix
    if not (name.startswith(start) and name.endswith(end)):
        return None
    match = _NAME.fullmatch(name[len(start) : len(name) - len(end)])
    if match is None:
        return None
    try:
        time = datetime.strptime(match["time"], _format(match["time"])).replace(tzinfo=UTC)
        size = path.stat().st_size if size is None else size
    except (ValueError, FileNotFoundError):  # no such time; or removed in the meantime
        return None
    return Version(time, match["digest"], path, size)


def _format(time: str) -> str:
    return _TIME if len(time) > len("20260101T000000Z") else "%Y%m%dT%H%M%SZ"
