"""CSV, TSV and the like; odd files are mended first.

Files whose every row is as wide as the header and correctly quoted are read as they are. At the
first row that isn't, the file is copied line by line, so that each row is mended or named with its
line.
"""

import codecs
import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from journey.errors import UnreadableFileError
from journey.ingest.formats.dialect import SAMPLE_CHARACTERS, Dialect, find_dialect
from journey.ingest.formats.mended import Mended, mend
from journey.ingest.formats.rows import keep_rows
from journey.ingest.formats.separated import OddTextError, text_batches
from journey.ingest.formats.table import RawTable, Rejections, Source, check_width
from journey.ingest.processes.progress import Progress
from journey.ingest.texts.charsets import to_utf8
from journey.wording import counted

_MOST_BYTES: Final = 4
"""Of a character in UTF-8."""


def read_delimited(source: Source) -> list[RawTable]:
    """Read a separated text file into one table.

    Parameters
    ----------
    source
        The file. Any of the separators ``, ; tab |``, any encoding, any line ends; title rows,
        no header, short rows and quoted line breaks are all right. Blanks around a cell don't
        count: they may be kept or not.

    Returns
    -------
    list of RawTable
        One. Rows with too many cells or a broken quote are rejected with their line.
    """
    # The reader checks each byte itself, so most files need not be looked through before.
    if _begins_as_utf8(source.path):
        with contextlib.suppress(OddTextError):
            return [_read_plain(source, source.path, [])]
    text = to_utf8(source.path, source.scratch)
    try:
        if text.path != source.path:
            with contextlib.suppress(OddTextError):
                return [_read_plain(source, text.path, text.notes)]
        return [_read_mended(source, text.path, text.notes)]
    finally:
        if text.path != source.path:
            text.path.unlink(missing_ok=True)


def _begins_as_utf8(path: Path) -> bool:
    """Whether as much of a file as tells how it is written is UTF-8 without NUL bytes."""
    with path.open("rb") as file:
        head = file.read(_MOST_BYTES * SAMPLE_CHARACTERS)
    if b"\0" in head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _may_be_plain(dialect: Dialect) -> bool:
    """Tell whether such a file may be read just as it is."""
    return len(dialect.layout.columns) > 1 and dialect.quotes == "doubled" and dialect.plain_start


def _read_plain(source: Source, path: Path, notes: Sequence[str]) -> RawTable:
    """Read a file in UTF-8 as it is.

    Raises
    ------
    OddTextError
        If that can't be done, or a row is odd.
    """
    dialect = find_dialect(path)
    columns = dialect.layout.columns
    check_width(source, len(columns))
    if not _may_be_plain(dialect):
        raise OddTextError("a file that has to be mended")
    batches = text_batches(path, columns, dialect.separator, n_skipped=dialect.first_line)
    rejections, told = Rejections(source.name), [*notes, *dialect.layout.notes]
    return keep_rows(source, columns, batches, rejections, told)


def _read_mended(source: Source, path: Path, told: Sequence[str]) -> RawTable:
    """Read a mended copy of a file in UTF-8."""
    dialect = find_dialect(path)
    columns, rejections = dialect.layout.columns, Rejections(source.name)
    check_width(source, len(columns))
    notes = [*told, *dialect.layout.notes]
    mended = mend(source, path, dialect, rejections)
    if mended.n_short:
        notes.append(f"{counted(mended.n_short, 'short row')} filled with empty cells")
    batches = text_batches(mended.path, columns, dialect.separator, n_skipped=0)
    try:
        return keep_rows(
            _from_half(source, mended),
            columns,
            batches if mended.n_rows else (),
            rejections,
            notes,
            mark=mended.mark,
        )
    except OddTextError as error:
        raise UnreadableFileError(
            f"{source.name} can't be read as a table: {error}. Save it again as CSV in UTF-8."
        ) from error
    finally:
        mended.path.unlink()


def _from_half(source: Source, mended: Mended) -> Source:
    """The source of a mended copy: writing it was half of the work."""

    def tell(now: Progress) -> None:
        done = now.n_rows if now.n_total else (mended.n_rows + now.n_rows) // 2
        source.progress(replace(now, n_rows=done))

    return replace(source, progress=tell)


def link_into_scratch(path: Path, link: Path) -> None:
    """Give a file a second name in scratch, the only place the database may read."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)
