"""The overview in sentences: what stands out, and the page that shows more of it."""

from dataclasses import dataclass
from math import isnan
from typing import Final

import numpy as np
import pandas as pd

import journey
from journey.analysis.accounts.stalled import first_stalled
from journey.analysis.figures.statistics import wilson
from journey.analysis.stages.segments import segment_wins, segmentation
from journey.charts.numbers import format_amount
from journey.log import TouchpointLog
from journey.schema import DECIDED, KNOWN_AS, SMALL_SAMPLE
from journey.ui.accounts import account_names
from journey.ui.cache import cached
from journey.ui.navigation import JOURNEY_MAP, PATHS, SEGMENTS, STAGES, STALLED
from journey.ui.text import counted, days, label, markdown, number, percent

OPEN: Final = ("stalled", "in_progress")
FEW_VALUES: Final = 12
"""An attribute with more values makes no segments to compare at a glance."""

MOST_STEPS: Final = 4
"""Steps of a path that a line holds."""


@dataclass(frozen=True)
class Figures:
    """The headline figures of a log."""

    n_journeys: int
    n_won: int
    n_decided: int
    n_open: int
    n_stalled: int
    value_at_risk: float | None

    @property
    def win_rate(self) -> float | None:
        """Return won of decided journeys; none where nothing is decided."""
        return self.n_won / self.n_decided if self.n_decided else None


@dataclass(frozen=True)
class Finding:
    """What stands out, as Markdown: the message, what more to say, the page that shows it."""

    message: str
    rest: str
    path: str

    @property
    def sentence(self) -> str:
        """Return both as one sentence."""
        return f"**{self.message}**: {self.rest}" if self.rest else f"**{self.message}.**"


def outcome_counts(log: TouchpointLog) -> dict[str, int]:
    """Return how many journeys have each outcome."""
    frame = cached(journey.outcomes)(log)
    return dict(zip(frame["outcome"].tolist(), frame["n_journeys"].tolist(), strict=True))


def ended_without_win(log: TouchpointLog) -> int:
    """Return how many journeys are lost or ended without a decision."""
    counts = outcome_counts(log)
    return counts["lost"] + counts["no_decision"]


def figures(log: TouchpointLog) -> Figures:
    """Return the headline figures of a log."""
    return cached(_figures)(log)


def _figures(log: TouchpointLog) -> Figures:
    counts = outcome_counts(log)
    at_risk = cached(journey.value_at_risk)(log)
    return Figures(
        n_journeys=sum(counts.values()),
        n_won=counts["won"],
        n_decided=sum(counts[outcome] for outcome in DECIDED),
        n_open=sum(counts[outcome] for outcome in OPEN),
        n_stalled=counts["stalled"],
        value_at_risk=None if isnan(at_risk) else at_risk,
    )


def message(known: Figures, *, has_win_rule: bool = True) -> str:
    """Return how journeys stand, in one sentence.

    Parameters
    ----------
    known
        The headline figures.
    has_win_rule
        Whether anything can count as a win; else nothing is said of winning.
    """
    n_ended = known.n_decided - known.n_won
    all_of_them = counted(known.n_journeys, "journey")
    shares = [percent(n / known.n_journeys) for n in (known.n_won, n_ended, known.n_open)]
    if not has_win_rule:
        return f"{all_of_them}: {shares[2]} are open, {shares[1]} have ended; no win is defined"
    if not known.n_won:
        return f"No win so far in {all_of_them}; {shares[1]} have ended, {shares[2]} are open"
    verb = "is" if known.n_journeys == 1 else "are"
    return f"{shares[0]} of {all_of_them} {verb} won, {shares[1]} end without a win"


def of_whom(log: TouchpointLog) -> str | None:
    """Say of whom journeys are, and how those known by name stand; none if all may be known.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(
    ...     pd.DataFrame({"account_id": ["acme", "bolt", "cookie-7"],
    ...                   "touchpoint": ["Deal won", "Ad", "Ad"],
    ...                   "occurred_at": pd.to_datetime(["2026-01-01"] * 3)}),
    ...     accounts=pd.DataFrame({"account_id": ["acme", "bolt", "cookie-7"],
    ...                            "known as": ["company", "company", "visitor"]}),
    ...     definitions=Definitions(won=("Deal won",)))
    >>> of_whom(log)
    '1 of 3 journeys is of unnamed visitors. Of the 2 of companies and people 50% (n = 2) are won, \
0% (n = 2) end without a win.'
    """
    named = journey.who_can_be_called(log)
    known, n_all = figures(named), figures(log).n_journeys
    n_apart = n_all - known.n_journeys
    if not n_apart:
        return None
    words = (
        f"{number(n_apart)} of {counted(n_all, 'journey')} "
        f"{'is' if n_apart == 1 else 'are'} of unnamed visitors."
    )
    if not known.n_won:
        return words
    won, ended = (
        percent(n / known.n_journeys, known.n_journeys)
        for n in (known.n_won, known.n_decided - known.n_won)
    )
    return (
        f"{words} Of the {number(known.n_journeys)} of companies and people {won} are won, "
        f"{ended} end without a win."
    )


def pointers(log: TouchpointLog) -> list[Finding]:
    """Return where to look first, what matters most first."""
    return cached(_pointers)(log)


def _pointers(log: TouchpointLog) -> list[Finding]:
    found = (find(log) for find in _FINDINGS.values())
    return [one for one in found if one is not None]


def finding(log: TouchpointLog, path: str) -> Finding | None:
    """Return what points to a page from the overview, for the page itself.

    Parameters
    ----------
    log
        The log in view.
    path
        A page of those that the overview points to.
    """
    return cached(_FINDINGS[path])(log)


def _drop_off(log: TouchpointLog) -> Finding | None:
    frame = cached(journey.drop_offs)(log)
    dropped = frame["n_lost"] + frame["n_no_decision"]
    if not dropped.sum():
        return None
    top = int(dropped.to_numpy().argmax())
    stage, n_dropped = markdown(frame["stage"].iloc[top]), int(dropped.iloc[top])
    # Stages don't add up: a journey that skipped one drops off before it and where it ended.
    n_ended = ended_without_win(log)
    words = (
        f"{percent(n_dropped / n_ended)} of journeys that ended without a win drop off in {stage}"
    )
    return Finding(words, f"{number(n_dropped)} of {number(n_ended)} lost or undecided.", STAGES)


def _stalled(log: TouchpointLog) -> Finding | None:
    """Say how many that can be called have gone silent, and how many unnamed visitors."""
    named = journey.who_can_be_called(log)
    first = cached(first_stalled)(named)
    if first is None:
        return None
    (account_id, stage, days_silent), known = first, figures(named)
    stake = f" with {compact(known.value_at_risk)} at risk" if known.value_at_risk else ""
    where = f" in {markdown(stage)}" if stage else ""
    name = account_names(log, [account_id])[0] or account_id
    n_all = figures(log).n_stalled
    who = counted(known.n_stalled, "journey")
    are = "is" if known.n_stalled == 1 else "are"
    lead = f"{who} {are} stalled{stake}"
    if n_all > known.n_stalled:
        lead = f"{number(known.n_stalled)} of {number(n_all)} stalled can be called{stake}"
    rest = f"first {markdown(name)}, silent {days(days_silent)}{where}."
    return Finding(lead, rest, STALLED)


def _turning_back(log: TouchpointLog) -> Finding | None:
    frame = cached(journey.back_moves)(log)
    if frame.empty:
        return None
    top = frame.iloc[0]
    rest = "" if pd.isna(top["reason"]) else f"most often for '{markdown(top['reason'])}'."
    names = f"{markdown(top['source_stage'])} to {markdown(top['target_stage'])}"
    turn = "turns" if top["n_journeys"] == 1 else "turn"
    words = f"{counted(top['n_journeys'], 'journey')} {turn} back from {names}"
    return Finding(words, rest, JOURNEY_MAP)


def _segment(log: TouchpointLog) -> Finding | None:
    """Find the segment that stands out most from the win rate of all whose value is known."""
    columns = tuple(
        column
        for column in log.store.accounts.column_names
        if column not in ("account_id", KNOWN_AS)
        and 1 < len(log.filter_values(column)) <= FEW_VALUES
    )
    best: tuple[float, Finding] | None = None
    for column, (n_journeys, n_won) in cached(segment_wins)(log, by=columns).items():
        names = segmentation(log.store, column).names
        is_known = np.array([name is not None for name in names]) & (n_journeys > 0)
        n_known, won_known = n_journeys[is_known].sum(), n_won[is_known].sum()
        # What is learnt of customers alone tells only that they are customers.
        if n_known - won_known <= (n_journeys - n_won).sum() / 2:
            continue
        overall = won_known / n_known
        rate, low, _ = wilson(n_won, n_journeys)
        stands_out = np.where(is_known & (n_journeys >= SMALL_SAMPLE), low - overall, 0.0)
        top = int(stands_out.argmax())
        if stands_out[top] <= (best[0] if best else 0.0):
            continue
        of_all = "all" if n_known == n_journeys.sum() else "all where it is known"
        words = f"{markdown(label(column))} {markdown(names[top])} wins most"
        rest = (
            f"{percent(rate[top])} of {counted(n_journeys[top], 'journey')}, "
            f"against {percent(overall)} of {of_all}."
        )
        best = float(stands_out[top]), Finding(words, rest, SEGMENTS)
    return best[1] if best else None


def _path(log: TouchpointLog) -> Finding | None:
    top = cached(journey.variants)(log, top=1)
    if top.empty or top["n_journeys"].iloc[0] < 2:  # noqa: PLR2004 -- one journey is no common path
        return None
    sequence, share = top["sequence"].iloc[0], percent(top["share"].iloc[0])
    shown = [markdown(name) for name in sequence[:MOST_STEPS]]
    path = " → ".join([*shown, "…"] if len(sequence) > MOST_STEPS else shown)
    of = counted(log.n_journeys, "journey")
    return Finding(f"{share} of {of} are just {path}", "", PATHS)


_FINDINGS: Final = {
    STAGES: _drop_off,
    STALLED: _stalled,
    JOURNEY_MAP: _turning_back,
    SEGMENTS: _segment,
    PATHS: _path,
}
"""What is looked at first, and on which page."""


def decided_label(known: Figures) -> str:
    """Return the words above the win rate: of how many it is, greyed where these are few.

    Examples
    --------
    >>> decided_label(Figures(40, 10, 30, 10, 0, None)), decided_label(Figures(4, 1, 2, 2, 0, None))
    ('Won of 30 decided', ':gray[Won of 2 decided]')
    """
    words = f"Won of {number(known.n_decided)} decided"
    return f":gray[{words}]" if known.n_decided < SMALL_SAMPLE else words


def stalled_label(known: Figures) -> str:
    """Return the words above the number of stalled journeys, with the value at risk if known."""
    if not known.value_at_risk:
        return "Stalled"
    return f"Stalled, {compact(known.value_at_risk)} at risk"


def compact(value: float) -> str:
    """Write an amount to the two figures it carries.

    Examples
    --------
    >>> compact(1_234_567), compact(45_200), compact(912)
    ('1.2M', '45K', '910')
    """
    return format_amount(value)
