"""Segments kept with a data set: listed, saved, removed."""

import sys
from argparse import Namespace
from datetime import date

import pandas as pd

import journey
from journey.analysis.profiles.criteria import Segment, check_segment
from journey.cli.answers import written
from journey.cli.names import instant
from journey.cli.views import wanted_values
from journey.cli.words import tell
from journey.errors import ValueNotAllowedError
from journey.kept import load_segments, remove_segment, save_segment, saved_segment
from journey.log import TouchpointLog
from journey.workspace import dataset_path, list_datasets, workspace_root


def run_segment(given: Namespace) -> int:
    """Save or remove what is named, then list all with how many journeys each has."""
    root, name = workspace_root(), given.dataset
    known = list_datasets(root)
    if name not in known:
        raise ValueNotAllowedError.among(name, known, what="The data set")
    log = journey.open_log(dataset_path(root, name))
    segment = _segment(given)
    if given.save is not None:
        if segment == Segment():
            raise ValueNotAllowedError(
                f"--save {given.save} says nothing of whom to keep. Add --where, --had, --never, "
                "--reached, --outcome, --people, --touchpoints, --from or --to."
            )
        check_segment(log, segment)
        for touchpoint in (*given.had, *given.never):
            if touchpoint not in log.store.touchpoint_types:
                raise ValueNotAllowedError.among(
                    touchpoint, log.store.touchpoint_types, what="The touchpoint"
                )
        save_segment(root, name, given.save, segment)
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


def _listed(log: TouchpointLog, kept: dict[str, Segment]) -> pd.DataFrame:
    rows = [
        (name, str(segment), journey.keep_segment(log, segment).n_journeys)
        for name, segment in kept.items()
    ]
    return pd.DataFrame(rows, columns=["segment", "criteria", "n_journeys"])


def _segment(given: Namespace) -> Segment:
    wanted = wanted_values(given.where)
    return Segment(
        profile=tuple((column, tuple(values)) for column, values in wanted.items()),
        has=tuple(("touchpoint", (name,)) for name in given.had),
        never=(("touchpoint", tuple(given.never)),) if given.never else (),
        reached=tuple(given.reached),
        outcomes=tuple(given.outcome),
        least_people=given.people,
        least_touchpoints=given.touchpoints,
        first_day=_day(given.start_at),
        last_day=_day(given.end_at),
    )


def _day(text: str | None) -> date | None:
    found = instant(text)
    return None if found is None else found.date()
