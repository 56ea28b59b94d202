"""A separated text file in which every row is as it should be, as Arrow batches of text."""

import io
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

import numpy as np
import pyarrow as pa
from pyarrow import csv

from journey.ingest.formats.mended import MAX_ROW_BYTES

_BLOCK_BYTES: Final = 1 << 21
"""The reader is some thirty blocks ahead of whoever takes its batches."""

_QUOTE: Final = ord('"')


class OddTextError(Exception):
    """A row is not written as it should be."""


def text_batches(
    path: Path, columns: tuple[str, ...], separator: str, *, n_skipped: int
) -> Iterator[pa.RecordBatch]:
    """Give the rows of a file, all cells text, empty ones null.

    Parameters
    ----------
    n_skipped
        Lines before the data.

    Raises
    ------
    OddTextError
        At a row of another width or far too long, a quote within a cell that is not doubled,
        text beside a quoted cell, a NUL byte or text that is not UTF-8.
    """
    with _CheckedText(path, separator) as text:
        try:
            with csv.open_csv(
                cast("IO[bytes]", text),
                read_options=csv.ReadOptions(
                    block_size=_BLOCK_BYTES, column_names=list(columns), skip_rows=n_skipped
                ),
                parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                ),
            ) as reader:
                yield from reader
        except pa.ArrowInvalid as error:
            raise OddTextError(str(error)) from error


class _CheckedText(io.RawIOBase):
    """A file that looks at what is read of it, since the reader takes quotes as they come."""

    def __init__(self, path: Path, separator: str) -> None:
        self._file = path.open("rb", buffering=0)
        if self._file.read(len(BOM_UTF8)) != BOM_UTF8:
            self._file.seek(0)
        self._edges = np.frombuffer(f'{separator}\r\n"'.encode(), np.uint8)
        self._n_quotes = self._n_open = 0
        self._last = b"\n"
        self._held = b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read on.

        Raises
        ------
        OddTextError
            If a quote or a byte stands where none should.
        """
        block = self._next(size)
        if b"\0" in block:
            raise OddTextError("a NUL byte")
        self._check_lines(block)
        if b'"' in block or self._last == b'"':
            self._check_quotes(np.frombuffer(self._last + (block or b"\n"), np.uint8))
        if not block and self._n_quotes % 2:
            raise OddTextError("a quote that is not closed")
        self._last = block[-1:] or self._last
        return block

    def _next(self, size: int) -> bytes:
        """The next block; none ends between CR and LF, which the reader would take for one end."""
        found = self._file.read(size - len(self._held)) or b""
        block, self._held = self._held + found, b""
        if len(found) > 1 and found.endswith(b"\r"):
            block, self._held = block[:-1], b"\r"
        return block

    def _check_lines(self, block: bytes) -> None:
        """Look for a line end at least once in as many bytes as a row may have."""
        begin = -self._n_open
        while begin + MAX_ROW_BYTES < len(block):
            within = (max(begin, 0), begin + MAX_ROW_BYTES)
            end = max(block.rfind(b"\n", *within), block.rfind(b"\r", *within))
            if end < 0:
                raise OddTextError("a row that is far too long")
            begin = end + 1
        last = max(block.rfind(b"\n", max(begin, 0)), block.rfind(b"\r", max(begin, 0)))
        self._n_open = len(block) - (last + 1 if last >= 0 else begin)

    def _check_quotes(self, text: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> None:
        """The first of two quotes follows an edge of a cell, the second comes before one.

        Of a doubled quote the one closes and the other opens. ``text`` begins with the last
        letter of the block before.
        """
        places = np.flatnonzero(text == _QUOTE)
        first_is_old = int(self._last == b'"')
        is_opening = (np.arange(len(places)) + self._n_quotes - first_is_old) % 2 == 0
        self._n_quotes += len(places) - first_is_old
        opening = places[is_opening & (places > 0)]
        closing = places[~is_opening & (places < len(text) - 1)]
        beside = np.concatenate([text[opening - 1], text[closing + 1]])
        if not np.isin(beside, self._edges).all():
            raise OddTextError("a quote in the middle of a cell")

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()
