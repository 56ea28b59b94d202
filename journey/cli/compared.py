"""Two groups of journeys side by side: two saved segments, one and all others, or two periods."""

from argparse import Namespace
from collections.abc import Callable
from typing import Final

import pandas as pd

import journey
from journey.analysis.profiles.criteria import keep_others
from journey.cli.names import period
from journey.errors import ValueNotAllowedError
from journey.kept import saved_segment
from journey.log import TouchpointLog
from journey.workspace import workspace_root

TWO: Final = 2
WAYS: Final[dict[str, Callable[[TouchpointLog, TouchpointLog, Namespace], pd.DataFrame]]] = {
    "stages": lambda a, b, _: journey.compare_stages(a, b),
    "moves": lambda a, b, _: journey.compare_moves(a, b),
    "steps": lambda a, b, given: journey.compare_steps(
        a, b, steps=given.steps, n_types=given.types
    ),
}
"""What of two groups can be compared, the first where it isn't said."""


def check_groups(given: Namespace) -> None:
    """Refuse a comparison of anything but two groups.

    Raises
    ------
    ValueNotAllowedError
        With what is needed.
    """
    n_segments, n_periods = len(given.segment), len(given.period)
    if (n_periods == 0 and 1 <= n_segments <= TWO) or (n_segments == 0 and n_periods == TWO):
        return
    raise ValueNotAllowedError(
        f"compare needs two groups; {n_segments} --segment and {n_periods} --period are given. "
        "Give --segment twice, or once to compare with all others, or --period FROM..TO twice."
    )


def compared(log: TouchpointLog, given: Namespace) -> pd.DataFrame:
    """The groups that are asked about, A and B, side by side."""
    a, b = _periods(log, given) if given.period else _segments(log, given)
    return WAYS[given.show](a, b, given)


def _segments(log: TouchpointLog, given: Namespace) -> tuple[TouchpointLog, TouchpointLog]:
    first, *more = (
        saved_segment(workspace_root(), given.sources[0], name) for name in given.segment
    )
    one = journey.keep_segment(log, first)
    return one, journey.keep_segment(log, more[0]) if more else keep_others(log, first)


def _periods(log: TouchpointLog, given: Namespace) -> tuple[TouchpointLog, TouchpointLog]:
    a, b = (_period(log, text) for text in given.period)
    return a, b


def _period(log: TouchpointLog, text: str) -> TouchpointLog:
    """The touchpoints from the first to the last, as by ``--from`` and ``--to``."""
    first, sign, last = text.partition("..")
    if not (sign and first and last):
        raise ValueNotAllowedError(
            f"--period is {text!r}; two days in order are needed, as in 2026-01-01..2026-03-31."
        )
    return log.between(*period(first, last))
