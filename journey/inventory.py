"""The content inventory: what a company has to show, for whom, and which question it answers.

A CSV file with one row per content, beside the log: a content that nobody used is in no log.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from journey.errors import ImportLimitError, UnreadableFileError, choices
from journey.rules.words import plain_words

MOST_ENTRIES: Final = 50_000
MOST_BYTES: Final = 20_000_000
SEPARATORS: Final = ",;\t|"
ENCODINGS: Final = ("utf-8-sig", "cp1252")
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "content": ("content", "content name", "title", "asset", "asset name", "name"),
    "stage": ("stage", "journey stage", "funnel stage", "lifecycle stage"),
    "persona": ("persona", "role", "audience", "buyer persona", "for whom"),
    "question": ("question", "buyer question", "answers", "topic", "pain point"),
    "kind": ("kind", "type", "content type", "format"),
    "published_at": ("published at", "published", "publish date", "date", "published on"),
}
"""Headers by which each column is known."""

_OF_ANYTHING: Final = ("title", "name")
"""Deals and people have these too."""


@dataclass(frozen=True)
class Entry:
    """One content as the inventory lists it; what is not said is None.

    ``persona`` may name several, parted by ``;``.
    """

    content: str
    stage: str | None = None
    persona: str | None = None
    question: str | None = None
    kind: str | None = None
    published_at: str | None = None


@dataclass(frozen=True, repr=False)
class Inventory:
    """Every content that a company lists, each once.

    Examples
    --------
    >>> len(Inventory((Entry("Guide", stage="Nurture"),)).entries)
    1
    """

    entries: tuple[Entry, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever an entry does."""
        text = inventory_text(self)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @cached_property
    def by_content(self) -> Mapping[str, Entry]:
        """Entries by their content."""
        return {entry.content: entry for entry in self.entries}

    def published_by(self, at: datetime) -> "Inventory":
        """Leave out what is published later; what has no readable day stays.

        Examples
        --------
        >>> listed = Inventory((Entry("Guide", published_at="2026-03-01"), Entry("Prices")))
        >>> [one.content for one in listed.published_by(datetime(2026, 2, 1, tzinfo=UTC)).entries]
        ['Prices']
        """
        return Inventory(tuple(one for one in self.entries if not _is_later(one.published_at, at)))

    def __repr__(self) -> str:
        """Short whatever it holds, and the same for the same entries: it serves as a key."""
        return f"Inventory({self.fingerprint})"


_COLUMNS: Final = tuple(field.name for field in fields(Entry))


def _is_later(day: str | None, at: datetime) -> bool:
    try:
        published = datetime.fromisoformat(day or "")
    except ValueError:
        return False
    return (published if published.tzinfo else published.replace(tzinfo=UTC)) > at


def lists_content(headers: Iterable[str]) -> bool:
    """Whether a header is that of an inventory: it names the content and says what it is for.

    Examples
    --------
    >>> lists_content(["Asset name", "Persona"]), lists_content(["Title", "Date"])
    (True, False)
    """
    words = [plain_words(header) for header in headers]
    found = set(_places(words))
    for_whom = {"persona", "question"} & found
    is_named = any(name in words for name in SYNONYMS["content"] if name not in _OF_ANYTHING)
    about = for_whom | ({"stage", "kind"} & found if is_named else set[str]())
    return "content" in found and bool(about)


def read_inventory(path: Path | str) -> Inventory:
    """Read an inventory from a CSV file.

    Raises
    ------
    UnreadableFileError
        If the file can't be read, or no column says what the content is.
    ImportLimitError
        If it is larger than an inventory may be.
    """
    place = Path(path)
    try:
        if place.stat().st_size > MOST_BYTES:
            raise ImportLimitError(_too_large(place.name))
        held = place.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(f"There is no file {place.name!r}. Check the path.") from error
    return inventory_from(held, place.name)


def inventory_from(held: bytes, name: str) -> Inventory:
    r"""Read an inventory from the bytes of a CSV file.

    Parameters
    ----------
    name
        Of the file, for what is said of it.

    Raises
    ------
    UnreadableFileError
        If no column says what the content is.
    ImportLimitError
        If it has more rows than an inventory may have.

    Examples
    --------
    >>> found = inventory_from(b"Title;Journey stage\nGuide;Nurture\nGuide;Convert\n", "a.csv")
    >>> [(entry.content, entry.stage) for entry in found.entries]
    [('Guide', 'Nurture')]
    """
    if len(held) > MOST_BYTES:
        raise ImportLimitError(_too_large(name))
    return inventory_of_rows(text_rows(held, name), name)


def text_rows(held: bytes, name: str) -> list[list[str]]:
    """The rows of a table of text, its header first; empty ones left out.

    Raises
    ------
    UnreadableFileError
        If it is no table.
    """
    text = _decoded(held).replace("\0", "")
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise UnreadableFileError(f"{name} is no table that can be read: {error}.") from error


def inventory_text(inventory: Inventory) -> str:
    r"""Write an inventory as the text of a CSV file.

    Examples
    --------
    >>> inventory_text(Inventory((Entry("Guide", stage="Nurture"),)))
    'content,stage,persona,question,kind,published_at\nGuide,Nurture,,,,\n'
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(
        [getattr(entry, name) or "" for name in _COLUMNS] for entry in inventory.entries
    )
    return out.getvalue()


def inventory_of_rows(rows: Sequence[Sequence[str]], name: str) -> Inventory:
    """The inventory that rows hold, their header first.

    Raises
    ------
    UnreadableFileError
        If no column says what the content is.
    ImportLimitError
        If there are more rows than an inventory may have.
    """
    if len(rows) > MOST_ENTRIES + 1:
        raise ImportLimitError(_too_large(name))
    headers = rows[0] if rows else []
    place_of = _places(headers)
    if "content" not in place_of:
        known = ", ".join(SYNONYMS["content"])
        raise UnreadableFileError(
            f"{name} has no column that names the content. Its columns: "
            f"{', '.join(map(repr, headers[:12])) or 'none'}. Call one of them one of: {known}. "
            f"{choices(headers[0] if headers else '', SYNONYMS['content'])}"
        )
    entries: dict[str, Entry] = {}
    for row in rows[1:]:
        told = {
            column: row[place].strip()
            for column, place in place_of.items()
            if place < len(row) and row[place].strip()
        }
        if "content" in told:
            entries.setdefault(told["content"], Entry(**told))
    return Inventory(tuple(entries.values()))


def _places(headers: Iterable[str]) -> dict[str, int]:
    """The place of each column by the first of its names that a header has."""
    words = [plain_words(header) for header in headers]
    found: dict[str, int] = {}
    for column, synonyms in SYNONYMS.items():
        known = [words.index(name) for name in synonyms if name in words]
        free = [place for place in known if place not in found.values()]
        if free:
            found[column] = free[0]
    return found


def _decoded(held: bytes) -> str:
    if held[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return held.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return held.decode(encoding)
        except UnicodeDecodeError:
            continue
    return held.decode("utf-8", "replace")


def _too_large(name: str) -> str:
    return (
        f"{name} is too large for a content inventory: at most {MOST_ENTRIES:,} rows and "
        f"{MOST_BYTES // 1_000_000} MB. List each content once."
    )
