"""What a timeline shows: its touches, lanes and silences, and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pandas as pd

from journey.charts.numbers import format_count, format_days
from journey.charts.svg import printable
from journey.schema import SECONDS_PER_DAY

MAX_LANES: Final = 12
"""People with a lane of their own; the rest share the last one."""

LEAST_SILENCE_DAYS: Final = 7.0
SILENCE_FACTOR: Final = 3.0
"""A silence is marked if it is this many times the account's median gap, and a week or more."""

MAX_SILENCES: Final = 4
UNKNOWN: Final = "Person not known"


@dataclass(frozen=True, slots=True)
class Touch:
    """One touchpoint as it is drawn."""

    at: pd.Timestamp
    name: str
    person: str | None
    role: str | None
    stage: str | None
    current_stage: str | None
    sentiment: float
    words: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch of time without a touchpoint, and how it is named."""

    start: pd.Timestamp
    end: pd.Timestamp
    name: str


@dataclass(frozen=True, slots=True)
class BackMove:
    """A move to an earlier stage."""

    at: pd.Timestamp
    source: str
    target: str


def read_touches(timeline: pd.DataFrame) -> list[Touch]:
    """Read the rows of the frame in order of time."""
    columns = ["touchpoint", "person_id", "person_role", "channel", "stage", "current_stage"]
    texts = zip(*(map(_text, timeline[column]) for column in columns), strict=True)
    times = pd.to_datetime(timeline["occurred_at"], utc=True)
    touches: list[Touch] = []
    for at, sentiment, reason, row in zip(
        times, timeline["sentiment"], timeline["reason"], texts, strict=True
    ):
        name, person, role, channel, stage, current = row
        details = (f"{at:%H:%M} {date_words(at)}", channel, stage, person, _text(reason))
        words = " · ".join((name or "", *(printable(part) for part in details if part)))
        mood = float(sentiment) if pd.notna(sentiment) else float("nan")
        touches.append(Touch(at, name or "", person, role, stage, current, mood, words))
    return touches


def _text(value: object) -> str | None:
    """Give the text of a cell, None for a missing one."""
    return value if isinstance(value, str) and value else None


def title_of(touches: Sequence[Touch]) -> str:
    """Say how many touchpoints there are, by how many, in which time."""
    people = len({touch.person for touch in touches if touch.person})
    who = f" by {format_count(people)} {'person' if people == 1 else 'people'}" if people else ""
    noun = "touchpoint" if len(touches) == 1 else "touchpoints"
    days = days_between(touches[0].at, touches[-1].at)
    within = f" in {format_days(days)}" if days > 0 else ""
    return f"{format_count(len(touches))} {noun}{who}{within}"


def fact_of(touches: Sequence[Touch], end: pd.Timestamp) -> str:
    """Say where the account stands and since when it is silent."""
    last = touches[-1]
    stage = f"Now in {printable(last.current_stage)}. " if last.current_stage else ""
    silent = days_between(last.at, end)
    quiet = f", {format_days(silent)} before the end of the log" if silent >= 1 else ""
    return f"{stage}Last touch: {printable(last.name)} on {date_words(last.at)}{quiet}"


def silences(touches: Sequence[Touch], end: pd.Timestamp) -> list[Silence]:
    """Give the longest silences that stand out from the account's own pace."""
    times = [touch.at for touch in touches]
    gaps = list(zip(times, [*times[1:], end], strict=True))
    inner = sorted(days_between(start, stop) for start, stop in gaps[:-1])
    usual = inner[len(inner) // 2] if inner else 0.0
    least = max(LEAST_SILENCE_DAYS, SILENCE_FACTOR * usual)
    long = [(start, stop) for start, stop in gaps if days_between(start, stop) >= least]
    longest = sorted(long, key=lambda gap: days_between(*gap), reverse=True)[:MAX_SILENCES]
    return [Silence(*gap, f"{format_days(days_between(*gap))} silent") for gap in longest]


def back_moves(touches: Sequence[Touch], stages: Sequence[str]) -> list[BackMove]:
    """Give the moves to an earlier stage, in order of time."""
    places = {stage: place for place, stage in enumerate(stages)}
    return [
        BackMove(touch.at, before.current_stage, touch.current_stage)
        for before, touch in pairwise(touches)
        if before.current_stage in places
        and touch.current_stage in places
        and places[touch.current_stage] < places[before.current_stage]
    ]


def lanes(touches: Sequence[Touch]) -> list[tuple[str, str, list[Touch]]]:
    """Give name, role and touches of every lane, by first touch; unknown people come last."""
    people = list(dict.fromkeys(touch.person for touch in touches if touch.person))
    shown = people if len(people) <= MAX_LANES else people[: MAX_LANES - 1]
    lanes: list[tuple[str, str, list[Touch]]] = []
    for person in shown:
        own = [touch for touch in touches if touch.person == person]
        role = next((touch.role for touch in own if touch.role), "")
        lanes.append((printable(person), printable(role) if role else "", own))
    others = [touch for touch in touches if touch.person and touch.person not in shown]
    if others:
        lanes.append((f"{len(people) - len(shown)} other people", "", others))
    unknown = [touch for touch in touches if not touch.person]
    if unknown:
        lanes.append((UNKNOWN, "", unknown))
    return lanes


def date_words(at: pd.Timestamp) -> str:
    """Write a date."""
    return f"{at.day} {at:%b %Y}"


def days_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Days between two times."""
    return (end - start).total_seconds() / SECONDS_PER_DAY
