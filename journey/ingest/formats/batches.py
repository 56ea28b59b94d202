"""Rows that arrive one by one with keys of their own, gathered into batches."""

from collections.abc import Mapping
from typing import Final

from journey.ingest.formats.table import TableWriter

_BATCH_ROWS: Final = 20_000


class Batches:
    """Rows on their way to a table; a key seen for the first time becomes a column."""

    def __init__(self, writer: TableWriter) -> None:
        self._writer = writer
        self._numbers: list[int] = []
        self._rows: list[Mapping[str, str]] = []

    def add(self, number: int, row: Mapping[str, str]) -> None:
        """Take one row and its number in the file."""
        self._numbers.append(number)
        self._rows.append(row)
        if len(self._rows) == _BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        if not self._rows:
            return
        keys = dict.fromkeys(key for row in self._rows for key in row)
        cells = {key: [row.get(key) for row in self._rows] for key in keys}
        self._writer.append(self._numbers, cells)
        self._numbers, self._rows = [], []
