"""What the user says of columns: the role of each, and what only the user can know."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, cast

import pandas as pd

from journey.schema import LEFT_OUT, ROLES

Shape = Literal["events", "wide", "attributes", "costs", "details"]
Roles = Mapping[tuple[str, str], str]
"""Role, ``attribute`` or ``left out`` by file and column."""

ATTRIBUTE: Final = "attribute"
KEYS: Final = ("account_id", "person_id", "opportunity_id", "anonymous_id", "session_id")
_SMALLEST_FIRST: Final = ("session_id", "opportunity_id", "person_id", "anonymous_id", "account_id")
_PLURALS: Final = {"person": "people", "opportunity": "opportunities"}
ROLE_WORDS: Final = {
    "account_id": "Account",
    "person_id": "Person",
    "occurred_at": "Time",
    "touchpoint": "Touchpoint",
    "channel": "Channel",
    "campaign": "Campaign",
    "content": "Content",
    "stage": "Stage",
    "value": "Value",
    "cost": "Cost",
    "sentiment": "Sentiment",
    "comment": "Comment",
    "reason": "Reason",
    "direction": "Did or was shown",
    "source_system": "Source system",
    "opportunity_id": "Opportunity",
    "anonymous_id": "Anonymous visitor",
    "session_id": "Session",
    "source_order": "Order of rows",
    ATTRIBUTE: "Attribute",
    LEFT_OUT: "Leave out",
}
OF_OTHERS: Final[dict[Shape, str]] = {
    "costs": "what campaigns cost by day, no touchpoints",
    "details": "says more of touchpoints of another file",
}
"""Shapes that the roles of columns don't tell, in words."""

ROLE_HELP: Final = (
    "**Account**, **Time** and **Touchpoint** make a journey: whose it is, when, and what "
    "happened. Only a **Person**? The account comes from the e-mail's business domain. "
    "**Comment**: free text, read for its feeling where there is no **Sentiment**; English only. "
    "**Attribute**: a fact about the account, the person or the touchpoint; it becomes a filter. "
    "**Leave out**: the column is not read."
)
_CLOCK: Final = re.compile(r"^\d{1,2}:\d{2}")
_TWO_WAYS: Final = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True)
class DateQuestion:
    """Dates that can be read in two ways; ``is_open`` where the values don't tell which."""

    file: str
    column: str
    sample: str
    is_open: bool


def proposed_roles(proposal: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the role of every column as proposed.

    Parameters
    ----------
    proposal
        The frame of ``suggest_columns``.
    """
    rows = zip(proposal["file"], proposal["column"], proposal["role"], strict=True)
    return {(file, column): role or ATTRIBUTE for file, column, role in rows}


def as_columns(roles: Roles, proposal: pd.DataFrame) -> dict[str, dict[str, list[str]]] | None:
    """Return roles as ``read_touchpoints`` takes them: headers by file and role.

    Every role is named, so that none is looked for again; none at all if all is as proposed.
    """
    if dict(roles) == proposed_roles(proposal):
        return None
    samples = _by_column(proposal, "samples")
    columns: dict[str, dict[str, list[str]]] = {}
    for (file, column), role in roles.items():
        told = columns.setdefault(file, {name: [] for name in (*ROLES, LEFT_OUT)})
        if role != ATTRIBUTE:
            told[role].append(column)
    sure = _by_column(proposal, "confidence")
    for file, told in columns.items():
        for headers in told.values():
            headers.sort(key=partial(_less_sure, sure, file))
        # A date and a time of day in two columns: the date goes first.
        told["occurred_at"].sort(key=lambda column: _is_clock(samples[file, column]))
    return columns


def _by_column(proposal: pd.DataFrame, name: str) -> dict[tuple[str, str], Any]:
    """Return what the proposal says of each column of each file."""
    keys = zip(proposal["file"], proposal["column"], strict=True)
    return dict(zip(keys, proposal[name], strict=True))


def _less_sure(sure: Mapping[tuple[str, str], float], file: str, column: str) -> float:
    return -sure[file, column]


def shape_of(roles: Iterable[str]) -> Shape:
    """Return the shape that a file has by the roles of its columns."""
    held = set(roles)
    if "touchpoint" in held:
        return "events"
    return "wide" if "occurred_at" in held else "attributes"


def shapes(roles: Roles, proposal: pd.DataFrame) -> dict[str, Shape]:
    """Return the shape of every file by the roles of its columns, as changed so far."""
    held: dict[str, set[str]] = {}
    for (file, _), role in roles.items():
        held.setdefault(file, set()).add(role)
    proposed = dict(zip(proposal["file"], proposal["shape"], strict=True))
    return {
        file: proposed[file]
        if proposed[file] in OF_OTHERS and "touchpoint" not in found
        else shape_of(found)
        for file, found in held.items()
    }


def shape_text(roles: Iterable[str], shape: Shape | None = None) -> str:
    """Return the shape of a file in words.

    Parameters
    ----------
    roles
        Of its columns.
    shape
        Where the roles don't tell: ``costs`` and ``details``.

    Examples
    --------
    >>> shape_text(["account_id", "occurred_at"])
    'one row per account with dates; each date becomes a touchpoint named after its column'
    >>> shape_text(["account_id", "person_id", "attribute"])
    'facts about people, no touchpoints'
    """
    if shape in OF_OTHERS:
        return OF_OTHERS[shape]
    held = set(roles)
    # A contact names its company too: what a row is about is the smallest of what it names.
    role = next((role for role in _SMALLEST_FIRST if role in held), None)
    key = "row" if role is None else ROLE_WORDS[role].lower()
    if shape_of(held) == "events":
        return "one row per event"
    if shape_of(held) == "wide":
        return (
            f"one row per {key} with dates; each date becomes a touchpoint named after its column"
        )
    if role is None:
        return "no touchpoints"
    return f"facts about {_PLURALS.get(key, f'{key}s')}, no touchpoints"


def missing(roles: Roles, proposal: pd.DataFrame) -> list[str]:
    """Return what has to be said before the files can be read, as sentences about files."""
    files: dict[str, set[str]] = {}
    for (file, _), role in roles.items():
        files.setdefault(file, set()).add(role)
    found = shapes(roles, proposal)
    needs = []
    for file, held in files.items():
        if found[file] in OF_OTHERS:
            continue
        if not held.intersection(KEYS):
            needs.append(f"{file}: which column says whose journey it is? Choose an Account.")
        if "touchpoint" in held and "occurred_at" not in held:
            needs.append(f"{file}: which column says when it happened? Choose a Time.")
    return needs


def lacks_touchpoints(roles: Roles, proposal: pd.DataFrame) -> list[str]:
    """Return what has to be said before a data set can be made of the files alone."""
    if {"events", "wide"} & set(shapes(roles, proposal).values()):
        return []
    return ["No file has a time. Choose a Time and a Touchpoint."]


def date_questions(roles: Roles, proposal: pd.DataFrame) -> list[DateQuestion]:
    """Return the time columns that can be read day first or month first, the open ones first."""
    questions = []
    for row in proposal.itertuples():
        if roles[row.file, row.column] != "occurred_at":
            continue
        sample = next(filter(_reads_two_ways, row.samples), None)
        if row.question == "dates" or (row.role != "occurred_at" and sample):
            shown = sample or next(iter(row.samples), "")
            questions.append(DateQuestion(row.file, row.column, shown, row.question == "dates"))
    return sorted(questions, key=lambda question: not question.is_open)


def lacking_zone(roles: Roles, proposal: pd.DataFrame) -> list[str]:
    """Return the time columns whose times may carry no zone."""
    return [
        row.column
        for row in proposal.itertuples()
        if roles[row.file, row.column] == "occurred_at"
        and (row.question in ("zone", "dates") or row.role != "occurred_at")
    ]


def counting_seconds(roles: Roles, proposal: pd.DataFrame) -> list[str]:
    """Return the time columns whose numbers are seconds since a day that no value tells."""
    return [
        row.column
        for row in proposal.itertuples()
        if row.question == "epoch" and roles[row.file, row.column] == "occurred_at"
    ]


def several_units(roles: Roles, proposal: pd.DataFrame) -> list[str]:
    """Return the time columns whose numbers are of several units."""
    return [
        row.column
        for row in proposal.itertuples()
        if row.question == "epoch unit" and roles[row.file, row.column] == "occurred_at"
    ]


def readings(sample: str) -> tuple[str, str]:
    """Return a date as read day first and month first.

    Examples
    --------
    >>> readings("01/02/2026"), readings("soon")
    (('1 February 2026', '2 January 2026'), ('soon', 'soon'))
    """
    found = _TWO_WAYS.match(sample)
    if not found or not _reads_two_ways(sample):
        return sample, sample
    first, second, year = (int(part) for part in found.groups())
    return (
        f"{first} {_MONTHS[second - 1]} {year}",
        f"{second} {_MONTHS[first - 1]} {year}",
    )


def _reads_two_ways(value: str) -> bool:
    found = _TWO_WAYS.match(value)
    if not found:
        return False
    first, second = int(found[1]), int(found[2])
    return first != second and 0 < first <= len(_MONTHS) and 0 < second <= len(_MONTHS)


def _is_clock(samples: object) -> bool:
    """Whether all samples are times of day."""
    values = cast("tuple[str, ...]", samples)
    return bool(values) and all(_CLOCK.match(value) for value in values)
