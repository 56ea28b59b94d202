"""Segments kept with a data set: listed, saved, removed."""

import sys
from argparse import Namespace

import pandas as pd

import journey
from journey.analysis.profiles.criteria import Segment, check_segment
from journey.cli.answers import written
from journey.cli.names import is_day, period, stored
from journey.cli.views import unknown_values, wanted_values
from journey.cli.words import tell
from journey.errors import ValueNotAllowedError
from journey.kept import load_segments, remove_segment, save_segment, saved_segment
from journey.log import TouchpointLog
from journey.workspace import workspace_root


def run_segment(given: Namespace) -> int:
    """Save or remove what is named, then list all with how many journeys each has."""
    root, name = workspace_root(), given.dataset
    log = journey.open_log(stored(name))
    segment = _segment(given)
    if given.save is not None:
        if segment == Segment():
            raise ValueNotAllowedError(
                f"--save {given.save} says nothing of whom to keep. Add --where, --had, --never, "
                "--reached, --outcome, --people, --touchpoints, --from or --to."
            )
        _check(log, segment, given)
        before = load_segments(root, name).get(given.save)
        save_segment(root, name, given.save, segment)
        if before not in (None, segment):
            tell(f"Replaced {given.save!r}, which was: {before}.")
    elif segment != Segment():
        raise ValueNotAllowedError("Criteria are given without a name. Add --save SEGMENT.")
    if given.remove is not None:
        saved_segment(root, name, given.remove)
        remove_segment(root, name, given.remove)
    kept = load_segments(root, name)
    sys.stdout.write(written(_listed(log, kept), given.format))
    if not kept:
        tell(f"No rows: no segment of {name!r} is saved. Save one by --save SEGMENT.")
    return 0


def _check(log: TouchpointLog, segment: Segment, given: Namespace) -> None:
    """Refuse a segment that names what the log doesn't have."""
    check_segment(log, segment)
    for column, values in segment.profile:
        for value in values:
            alone = journey.keep_segment(log, Segment(profile=((column, (value,)),)))
            # A band of numbers is no value of the column, and still chooses journeys.
            if not alone.n_journeys and (unknown := unknown_values(log, column, [value])):
                raise ValueNotAllowedError(unknown)
    for touchpoint in (*given.had, *given.never):
        if touchpoint not in log.store.touchpoint_types:
            raise ValueNotAllowedError.among(
                touchpoint, log.store.touchpoint_types, what="The touchpoint"
            )


def _listed(log: TouchpointLog, kept: dict[str, Segment]) -> pd.DataFrame:
    rows = [
        (name, str(segment), journey.keep_segment(log, segment).n_journeys)
        for name, segment in kept.items()
    ]
    return pd.DataFrame(rows, columns=["segment", "criteria", "n_journeys"])


def _segment(given: Namespace) -> Segment:
    wanted = wanted_values(given.where)
    begin, end = period(_day(given.start_at, "--from"), _day(given.end_at, "--to"))
    return Segment(
        profile=tuple((column, tuple(values)) for column, values in wanted.items()),
        has=tuple(("touchpoint", (name,)) for name in given.had),
        never=(("touchpoint", tuple(given.never)),) if given.never else (),
        reached=tuple(given.reached),
        outcomes=tuple(given.outcome),
        least_people=given.people,
        least_touchpoints=given.touchpoints,
        first_day=None if begin is None else begin.date(),
        last_day=None if end is None else (end - pd.Timedelta(days=1)).date(),
    )


def _day(text: str | None, option: str) -> str | None:
    """The day that an option says; a segment keeps no times of day."""
    if text is not None and not is_day(text):
        raise ValueNotAllowedError(
            f"{option} is {text!r}; a segment keeps whole days, as in 2026-03-31."
        )
    return text
