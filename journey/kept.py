"""What users keep beside a data set: segments and views by name, notes on personas; all whole."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any, Final, Generic, TypeVar, cast

from journey.analysis.profiles.criteria import Segment, segment_document, segment_from
from journey.errors import StoreError, ValueNotAllowedError
from journey.store.replace import locked
from journey.workspace import check_stored, checked_name, kept_path, write_whole

SEGMENTS: Final = "segments"
PERSONAS: Final = "personas"
VIEWS: Final = "views"
Item = TypeVar("Item")

MOST_SIGNS: Final = 2_000
"""Signs of a note; a card has no room for more."""


@dataclass(frozen=True)
class PersonaNotes:
    """What a team knows of a persona that no log tells."""

    goals: str = ""
    motives: str = ""


@dataclass(frozen=True)
class SavedView:
    """A page and the parameters of its address, each with its values: what brings it back."""

    page: str
    query: dict[str, list[str]]


def load_segments(root: Path, dataset: str) -> dict[str, Segment]:
    """Return the saved segments of a data set by name, none if there are none.

    Raises
    ------
    StoreError
        If the file can't be read as segments.

    Examples
    --------
    >>> load_segments(Path("/nowhere"), "Spring")
    {}
    """
    return _load(_SEGMENTS, root, dataset)


def save_segment(root: Path, dataset: str, name: str, segment: Segment) -> None:
    """Save a segment of a data set under a name, in place of one of that name.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used.
    StoreError
        If there is no such data set, or segments saved before can't be read; nothing is written.
    """
    _keep(_SEGMENTS, root, dataset, checked_name(name), segment)


def remove_segment(root: Path, dataset: str, name: str) -> None:
    """Remove a saved segment; nothing happens if there is none of that name."""
    _keep(_SEGMENTS, root, dataset, name, None)


def saved_segment(root: Path, dataset: str, name: str) -> Segment:
    """Return a saved segment.

    Raises
    ------
    ValueNotAllowedError
        If there is none of that name.
    StoreError
        If the file can't be read as segments.
    """
    segments = load_segments(root, dataset)
    if name not in segments:
        raise ValueNotAllowedError.among(name, segments, what="The segment")
    return segments[name]


def load_notes(root: Path, dataset: str) -> dict[str, PersonaNotes]:
    """Return the notes on the personas of a data set, none if there are none.

    Raises
    ------
    StoreError
        If the file can't be read as notes.

    Examples
    --------
    >>> load_notes(Path("/nowhere"), "Spring")
    {}
    """
    return _load(_NOTES, root, dataset)


def save_notes(root: Path, dataset: str, persona: str, notes: PersonaNotes) -> None:
    """Save the notes on a persona; empty ones are removed.

    Raises
    ------
    ValueNotAllowedError
        If a note is too long for a card.
    StoreError
        If there is no such data set, or notes saved before can't be read; nothing is written.
    """
    for words, text in (("goals", notes.goals), ("motives", notes.motives)):
        if len(text) > MOST_SIGNS:
            raise ValueNotAllowedError(
                f"The {words} have {len(text):,} signs; at most {MOST_SIGNS:,} fit. Shorten them."
            )
    _keep(_NOTES, root, dataset, persona, None if notes == PersonaNotes() else notes)


def load_views(root: Path, dataset: str) -> dict[str, SavedView]:
    """Return the saved views of a data set by name, none if there are none.

    Raises
    ------
    StoreError
        If the file can't be read as views.

    Examples
    --------
    >>> load_views(Path("/nowhere"), "Spring")
    {}
    """
    return _load(_VIEWS, root, dataset)


def save_view(root: Path, dataset: str, name: str, view: SavedView) -> None:
    """Save a view of a data set under a name, in place of one of that name.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used.
    StoreError
        If there is no such data set, or views saved before can't be read; nothing is written.
    """
    _keep(_VIEWS, root, dataset, checked_name(name), view)


def remove_view(root: Path, dataset: str, name: str) -> None:
    """Remove a saved view; nothing happens if there is none of that name."""
    _keep(_VIEWS, root, dataset, name, None)


@dataclass(frozen=True)
class _Kind(Generic[Item]):
    """One kind of what is kept: the name of its folder, how one of it is read and written."""

    folder: str
    read: Callable[[dict[str, Any], str], Item]
    written: Callable[[Item], dict[str, Any]]


def _notes_from(document: dict[str, Any], name: str) -> PersonaNotes:
    if not _is_note(document):
        raise ValueError(name)
    return PersonaNotes(**document)


def _view_from(document: dict[str, Any], name: str) -> SavedView:
    if not _is_view(document):
        raise ValueError(name)
    return SavedView(**document)


def _is_note(document: dict[str, Any]) -> bool:
    """Whether a part of a file is texts under names of notes."""
    are_texts = all(isinstance(text, str) for text in document.values())
    return are_texts and document.keys() <= {field.name for field in fields(PersonaNotes)}


def _is_view(document: dict[str, Any]) -> bool:
    """Whether a part of a file is a page with lists of texts by name."""
    page, query = document.get("page"), document.get("query")
    if document.keys() != {"page", "query"} or not isinstance(query, dict):
        return False
    lists = list(cast("dict[str, Any]", query).values())
    is_listed = all(isinstance(one, list) for one in lists)
    return is_listed and all(isinstance(text, str) for text in [page, *chain(*lists)])


_SEGMENTS: Final = _Kind(SEGMENTS, segment_from, segment_document)
_NOTES: Final = _Kind(PERSONAS, _notes_from, asdict)
_VIEWS: Final = _Kind(VIEWS, _view_from, asdict)


def _load(kind: _Kind[Item], root: Path, dataset: str) -> dict[str, Item]:
    """All of a kind that is kept, by name."""
    path = kept_path(root, kind.folder, dataset)
    if not path.is_file():
        return {}
    try:
        kept = cast("dict[str, dict[str, Any]]", json.loads(path.read_text(encoding="utf-8")))
        return {name: kind.read(document, name) for name, document in kept.items()}
    except (ValueError, TypeError, AttributeError) as problem:
        raise StoreError(_broken(path)) from problem


def _keep(kind: _Kind[Item], root: Path, dataset: str, name: str, item: Item | None) -> None:
    """Keep one of a kind under a name, or nothing; one writer at a time reads and writes."""
    path = kept_path(root, kind.folder, dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        kept = _load(kind, root, dataset)
        if item is not None:
            kept[name] = item
        elif kept.pop(name, None) is None:
            return
        check_stored(root, dataset)
        written = {known: kind.written(one) for known, one in kept.items()}
        write_whole(path, json.dumps(written, ensure_ascii=False, indent=1))


def _broken(path: Path) -> str:
    return f"What is kept in {path} can't be read. Mend or remove that file; no data are lost."
