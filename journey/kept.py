"""What users keep beside a data set: segments and views by name, notes on personas; all whole."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final, cast

from journey.analysis.profiles.criteria import Segment, segment_document, segment_from
from journey.errors import StoreError, ValueNotAllowedError
from journey.store.replace import locked
from journey.workspace import checked_name, kept_path, write_whole

SEGMENTS: Final = "segments"
PERSONAS: Final = "personas"
VIEWS: Final = "views"
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
    kept = _load(root, SEGMENTS, dataset)
    try:
        return {name: segment_from(document, name) for name, document in kept.items()}
    except ValueError as problem:
        raise StoreError(_broken(kept_path(root, SEGMENTS, dataset))) from problem


def save_segment(root: Path, dataset: str, name: str, segment: Segment) -> None:
    """Save a segment of a data set under a name, in place of one of that name.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used.
    StoreError
        If segments saved before can't be read; nothing is written over them.
    """
    with _changing(root, SEGMENTS, dataset):
        segments = load_segments(root, dataset) | {checked_name(name): segment}
        _save_segments(root, dataset, segments)


def remove_segment(root: Path, dataset: str, name: str) -> None:
    """Remove a saved segment; nothing happens if there is none of that name."""
    with _changing(root, SEGMENTS, dataset):
        segments = load_segments(root, dataset)
        if segments.pop(name, None) is not None:
            _save_segments(root, dataset, segments)


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
    kept = _load(root, PERSONAS, dataset)
    try:
        return {name: PersonaNotes(**document) for name, document in kept.items()}
    except TypeError as problem:
        raise StoreError(_broken(kept_path(root, PERSONAS, dataset))) from problem


def save_notes(root: Path, dataset: str, persona: str, notes: PersonaNotes) -> None:
    """Save the notes on a persona; empty ones are removed.

    Raises
    ------
    ValueNotAllowedError
        If a note is too long for a card.
    StoreError
        If notes saved before can't be read; nothing is written over them.
    """
    for words, text in (("goals", notes.goals), ("motives", notes.motives)):
        if len(text) > MOST_SIGNS:
            raise ValueNotAllowedError(
                f"The {words} have {len(text):,} signs; at most {MOST_SIGNS:,} fit. Shorten them."
            )
    with _changing(root, PERSONAS, dataset):
        known = load_notes(root, dataset) | {persona: notes}
        written = {
            name: {"goals": note.goals, "motives": note.motives}
            for name, note in known.items()
            if note != PersonaNotes()
        }
        _save(root, PERSONAS, dataset, written)


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
    kept = _load(root, VIEWS, dataset)
    if not all(_is_view(document) for document in kept.values()):
        raise StoreError(_broken(kept_path(root, VIEWS, dataset)))
    return {name: SavedView(**document) for name, document in kept.items()}


def save_view(root: Path, dataset: str, name: str, view: SavedView) -> None:
    """Save a view of a data set under a name, in place of one of that name.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used.
    StoreError
        If views saved before can't be read; nothing is written over them.
    """
    with _changing(root, VIEWS, dataset):
        _save_views(root, dataset, load_views(root, dataset) | {checked_name(name): view})


def remove_view(root: Path, dataset: str, name: str) -> None:
    """Remove a saved view; nothing happens if there is none of that name."""
    with _changing(root, VIEWS, dataset):
        views = load_views(root, dataset)
        if views.pop(name, None) is not None:
            _save_views(root, dataset, views)


@contextmanager
def _changing(root: Path, kind: str, dataset: str) -> Generator[None]:
    """Let one writer at a time read what is kept, change it and write it."""
    folder = kept_path(root, kind, dataset).parent
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        yield


def _save_segments(root: Path, dataset: str, segments: Mapping[str, Segment]) -> None:
    written = {name: segment_document(segment) for name, segment in segments.items()}
    _save(root, SEGMENTS, dataset, written)


def _save_views(root: Path, dataset: str, views: Mapping[str, SavedView]) -> None:
    _save(root, VIEWS, dataset, {name: asdict(view) for name, view in views.items()})


def _is_view(document: dict[str, Any]) -> bool:
    """Whether a part of a file is a page with lists of texts by name."""
    page, query = document.get("page"), document.get("query")
    if document.keys() != {"page", "query"} or not isinstance(query, dict):
        return False
    lists = list(cast("dict[str, Any]", query).values())
    is_listed = all(isinstance(one, list) for one in lists)
    return is_listed and all(isinstance(text, str) for text in [page, *chain(*lists)])


def _load(root: Path, kind: str, dataset: str) -> dict[str, dict[str, Any]]:
    path = kept_path(root, kind, dataset)
    if not path.is_file():
        return {}
    try:
        kept: object = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise StoreError(_broken(path)) from problem
    if not isinstance(kept, dict) or not all(
        isinstance(one, dict) for one in cast("dict[str, Any]", kept).values()
    ):
        raise StoreError(_broken(path))
    return cast("dict[str, dict[str, Any]]", kept)


def _save(root: Path, kind: str, dataset: str, kept: Mapping[str, Any]) -> None:
    write_whole(kept_path(root, kind, dataset), json.dumps(kept, ensure_ascii=False, indent=1))


def _broken(path: Path) -> str:
    return f"What is kept in {path} can't be read. Mend or remove that file; no data are lost."
