"""What of a log is in view: the options that narrow it, and which of them left nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import pandas as pd

from journey.analysis.accounts.not_buyers import without_not_buyers
from journey.analysis.profiles.criteria import keep_segment
from journey.cli.names import period
from journey.cli.options import Arguments
from journey.errors import ValueNotAllowedError, choices
from journey.kept import saved_segment
from journey.log import TouchpointLog
from journey.wording import counted
from journey.workspace import workspace_root

_MOST_NAMED: Final = 2_000
"""Of a column with more values the nearest spelling is not looked for."""


@dataclass(frozen=True)
class Narrowing:
    """One option as it was given, and what it does to a log."""

    words: str
    apply: Callable[[TouchpointLog], TouchpointLog]
    column: str | None = None
    wanted: tuple[str | None, ...] = ()


def narrowed(log: TouchpointLog, given: Arguments) -> TouchpointLog:
    """The log as the options choose it."""
    for step in narrowings(log, given):
        log = step.apply(log)
    return log


def why_nothing_is_left(log: TouchpointLog, given: Arguments) -> str:
    """The first option after which no journey is left, and of how many."""
    if not log.n_journeys:
        return "the log has no journeys."
    for step in narrowings(log, given):
        after = step.apply(log)
        if not after.n_journeys:
            unknown = unknown_values(log, step.column, step.wanted) if step.column else ""
            left = f"{step.words} leaves none of {counted(log.n_journeys, 'journey')}."
            return f"{left} {unknown}".rstrip()
        log = after
    return "the options together leave none."


def narrowings(log: TouchpointLog, given: Arguments) -> list[Narrowing]:
    """What the options do, one after the other.

    Raises
    ------
    ValueNotAllowedError
        If an option can't be understood, or sessions have no way to end.
    """
    steps: list[Narrowing] = []
    if given.case != "account":
        gap = _silence(given.gap)
        if given.case == "session" and gap is None and "session_id" not in log.filter_columns:
            raise ValueNotAllowedError(
                "The log has no session_id. Give the silence that ends a session, "
                "as in --gap 30min."
            )
        words = f"--case {given.case}" + (f" --gap {given.gap}" if given.gap else "")
        steps.append(Narrowing(words, lambda view: view.by(given.case, gap=gap)))
    start, end = period(given.start_at, given.end_at)
    if start is not None or end is not None:
        spans = {"--from": given.start_at, "--to": given.end_at}
        words = " ".join(f"{option} {text}" for option, text in spans.items() if text)
        steps.append(Narrowing(words, lambda view: view.between(start, end)))
    if given.leave_out:
        steps.append(Narrowing(f"--leave-out {given.leave_out}", without_not_buyers))
    steps += _filters(given)
    for name in () if given.command == "compare" else given.segment:
        segment = saved_segment(workspace_root(), given.sources[0], name)
        words = f"--segment {name!r} ({segment})"
        steps.append(Narrowing(words, partial(keep_segment, segment=segment)))
    if given.exclude:
        words = " ".join(f"--exclude {name!r}" for name in given.exclude)
        steps.append(Narrowing(words, lambda view: view.exclude(*given.exclude)))
    if given.collapse:
        steps.append(Narrowing("--collapse", lambda view: view.collapse()))
    return steps


def pair(text: str, option: str, form: str) -> tuple[str, str]:
    """The two sides of an option like ``COLUMN=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ValueNotAllowedError(f"{option} is {text!r}; {form} is needed.")
    return name, value


def wanted_values(conditions: Iterable[str]) -> dict[str, list[str | None]]:
    """The values that conditions like ``COLUMN=VALUE`` want of each column; empty: none."""
    wanted: dict[str, list[str | None]] = {}
    for text in conditions:
        column, value = pair(text, "--where", "COLUMN=VALUE")
        wanted.setdefault(column, []).append(value or None)
    return wanted


def _filters(given: Arguments) -> list[Narrowing]:
    """One step a column; said twice it keeps either value, an empty value is null."""
    return [
        Narrowing(
            " ".join(f"--where {column}={value or ''}" for value in values),
            partial(_where, column=column, values=values),
            column,
            tuple(values),
        )
        for column, values in wanted_values(given.where).items()
    ]


def _where(log: TouchpointLog, *, column: str, values: list[str | None]) -> TouchpointLog:
    return log.where({column: values})


def unknown_values(log: TouchpointLog, column: str, wanted: Iterable[str | None]) -> str:
    """Say that the column never has a value asked for, with the nearest spelling; empty: it has."""
    known = log.filter_values(column)
    missing = [value for value in wanted if value not in known]
    if not missing:
        return ""
    asked = missing[0]
    if asked is None:
        return f"Every {column} has a value."
    if len(known) > _MOST_NAMED:
        return f"No {column} is {asked!r}."
    return f"No {column} is {asked!r}. {choices(asked, [one for one in known if one is not None])}"


def _silence(text: str | None) -> pd.Timedelta | None:
    if text is None:
        return None
    try:
        silence = pd.Timedelta(text)
    except ValueError:
        silence = pd.NaT
    if not isinstance(silence, pd.Timedelta) or silence < pd.Timedelta(seconds=1):
        raise ValueNotAllowedError(f"--gap is {text!r}; a time like 30min or 2h is needed.")
    return silence
