"""What test batches are run with in processes of their own."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from sheetsales.word import Record, Template


class Deadly(Template):
    """A template that some values are too much for."""

    def render_bytes(self, record: Record) -> bytes:
        """Return a document, or end the process, or find the disk full."""
        if record.context["value"] == "die":
            os._exit(9)
        if record.context["value"] == "full":
            os.write = _full  # type: ignore[assignment]
        return super().render_bytes(record)


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def batch_of(count: int) -> list[Record]:
    """Return the same records in every run."""
    return [Record({"value": f"第 {n} 號客戶 & 公司"}, {"subject": f"K-{n}"}) for n in range(count)]


def main(path: str, folder: str, count: str, workers: str) -> None:
    """Make or go on with a batch."""
    Template(path).render_many(
        batch_of(int(count)), Path(folder), "{value} {number}", workers=int(workers), resume=True
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
