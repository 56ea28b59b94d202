"""How journeys stand: five outcomes that add up, and the journeys behind every count."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.statistics import wilson
from journey.facts import ShardFacts
from journey.kernels.attribution import worth_at_win
from journey.kernels.facts import WON
from journey.kernels.select import last_above_zero, rows_of_ranges
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.schema import OUTCOMES, SECONDS_PER_DAY
from journey.store.layout import MICROSECONDS, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

JOURNEY_COLUMNS = (
    "account_id",
    "outcome",
    "stage",
    "first_at",
    "last_at",
    "decided_at",
    "n_touchpoints",
    "n_people",
    "n_reopened",
    "days_silent",
    "value",
)


def outcomes(log: TouchpointLog) -> pd.DataFrame:
    """Journeys by outcome at ``as_of``; the five add up to all journeys in view.

    Returns
    -------
    DataFrame
        Five rows in the order won, lost, no_decision, stalled, in_progress: ``outcome``,
        ``n_journeys``, ``share`` (of journeys in view).

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "occurred_at": pd.to_datetime(["2026-01-01"] * 2),
    ...     "touchpoint": ["Deal won", "Ad"]}), definitions=Definitions(won=("Deal won",)))
    >>> outcomes(log)["n_journeys"].tolist()
    [1, 0, 0, 0, 1]
    """
    counts = sum(log.ask_with_facts(_count_outcomes), np.zeros(len(OUTCOMES), np.int64))
    share = wilson(counts, counts.sum())[0]
    return pd.DataFrame({"outcome": OUTCOMES, "n_journeys": counts, "share": share})


def median_days_to_win(log: TouchpointLog) -> float:
    """The median time from the first touch to the winning one, of won journeys in view.

    Returns
    -------
    float
        In days; not a number where no journey is won.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-04"]),
    ...     "touchpoint": ["Ad", "Deal won"]}), definitions=Definitions(won=("Deal won",)))
    >>> median_days_to_win(log)
    3.0
    """
    first = log.ask_with_facts(_count_waits)
    _, medians = percentiles(first, log.ask_with_facts, _waits_within, [(0, 50)], 1)
    return float(medians[0]) / log.ticks_per_day


def ticks_to_win(facts: ShardFacts, won: Ints) -> Floats:
    """Time from the first touch to the winning one, of each of some won journeys."""
    ticks = facts.view.ticks
    begun = ticks[facts.view.offsets[:-1][won]].astype(np.int64)
    return (ticks[facts.decided_rows[won]].astype(np.int64) - begun).astype(np.float64)


def _count_waits(part: Part) -> Cells:
    return first_cells(*_waits(part), 1)


def _waits_within(part: Part, targets: Targets) -> tuple[Ints, Ints]:
    return within(*_waits(part), targets)


def _waits(part: Part) -> tuple[Ints, Floats]:
    """Times to win, all in one group."""
    view, facts = part
    waits = ticks_to_win(facts, view.journeys[facts.outcomes[view.journeys] == WON])
    return np.zeros(len(waits), np.int64), waits


def journeys(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """The journeys in view, one row each, so that every count can be opened.

    Parameters
    ----------
    limit
        Only so many, the first of the store; none: all of them.

    Returns
    -------
    DataFrame
        ``account_id`` (the case: account, person, opportunity or session), ``outcome``,
        ``stage`` (the last entered), ``first_at``, ``last_at``, ``decided_at``,
        ``n_touchpoints`` (in view), ``n_people``, ``n_reopened``, ``days_silent`` (``as_of``
        minus last touch), ``value`` (the last known above 0), then the attributes of the
        account. In the order of the store.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Won", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-01-05"])}),
    ...     definitions=Definitions(won=("Won",)))
    >>> journeys(log)[["account_id", "outcome", "n_touchpoints", "days_silent"]].values.tolist()
    [['a', 'won', 2, 0.0], ['b', 'in_progress', 1, 4.0]]
    """
    question = partial(
        _journey_rows, as_of=log.as_of_tick, stages=log.definitions.stage_names, limit=limit
    )
    parts = log.ask_with_facts(question)
    attributes = [name for name in log.store.accounts.column_names if name not in JOURNEY_COLUMNS]
    if not parts:
        return pd.DataFrame(columns=[*JOURNEY_COLUMNS, *attributes])
    whole = pd.concat(parts, ignore_index=True)
    shown = whole if limit is None else whole.head(limit)
    return none_for_missing(shown, ["account_id", "outcome", "stage", *attributes])


def last_values(facts: ShardFacts, chosen: Ints) -> npt.NDArray[np.float64]:
    """The last known value above 0 of some journeys, not a number where there is none."""
    return facts.kept("last values", partial(_last_values, facts.view))[chosen]


def _last_values(evidence: View) -> Floats:
    every = frozen(np.arange(evidence.n_journeys))
    values = evidence.numbers("value")
    if values is None:
        return np.full(len(every), np.nan)
    return last_above_zero(frozen(values), evidence.offsets, every)


def values_at_win(facts: ShardFacts, chosen: Ints) -> npt.NDArray[np.float64]:
    """The last value above 0 known as some journeys were won, or else the last known after.

    0 where none is known or a journey is not won.
    """
    return facts.kept("values at win", partial(_values_at_win, facts))[chosen]


def _values_at_win(facts: ShardFacts) -> Floats:
    evidence = facts.view
    every = frozen(np.arange(evidence.n_journeys))
    values = evidence.numbers("value")
    if values is None:
        return np.zeros(len(every))
    return worth_at_win(values, evidence.offsets, facts.decided_rows, every, facts.outcomes)


def people_per_journey(view: View, places: Ints) -> Ints:
    """How many known people take part in the journeys at some places of the view."""
    if "person_id" not in view.store.text_columns:
        return np.zeros(len(places), np.int64)
    rows = rows_of_ranges(view.offsets[:-1], view.offsets[1:], places)
    people = view.codes_of_rows("person_id", rows).astype(np.int64)
    dictionary = view.store.dictionaries["person_id"]
    n_known = len(dictionary) - dictionary.null_count
    owners = np.repeat(np.arange(len(places)), view.lengths[places])
    known = people < n_known
    pairs = np.unique(owners[known] * len(dictionary) + people[known])
    return np.bincount(pairs // len(dictionary), minlength=len(places))


def names_of_stages(
    stages: Sequence[str], codes: Sequence[int] | npt.NDArray[np.int8]
) -> list[str | None]:
    """Names of stage codes; none for a journey before any stage."""
    names = (*stages, None)
    return [names[int(code)] for code in codes]


def _count_outcomes(part: tuple[View, ShardFacts]) -> Ints:
    view, facts = part
    return np.bincount(facts.outcomes[view.journeys], minlength=len(OUTCOMES))


def _journey_rows(
    part: tuple[View, ShardFacts], *, as_of: int, stages: Sequence[str], limit: int | None
) -> pd.DataFrame:
    view, facts = part
    store, evidence = view.store, facts.view
    places = np.arange(view.n_journeys)[:limit]
    chosen = view.journeys[places]
    last_ticks = evidence.ticks[facts.last_rows[chosen]].astype(np.int64)
    decided = facts.decided_rows[chosen]
    cases = store.dictionaries[store.case_role].take(pa.array(view.shard.cases[chosen], pa.int64()))
    frame = pd.DataFrame(
        {
            "account_id": cases.to_pylist(),
            "outcome": [OUTCOMES[code] for code in facts.outcomes[chosen]],
            "stage": names_of_stages(stages, facts.last_stages[chosen]),
            "first_at": instants(store, evidence.ticks[evidence.offsets[:-1][chosen]]),
            "last_at": instants(store, last_ticks),
            "decided_at": instants(store, evidence.ticks[decided], known=decided >= 0),
            "n_touchpoints": view.lengths[places],
            "n_people": people_per_journey(view, frozen(places)),
            "n_reopened": facts.reopened[chosen],
            "days_silent": (as_of - last_ticks) / (SECONDS_PER_DAY * store.ticks_per_second),
            "value": last_values(facts, chosen),
        }
    )
    owners = store.journey_accounts(view.shard)[chosen]
    accounts = store.accounts.take(pa.array(owners, pa.int64()))
    for name in accounts.column_names:
        if name not in JOURNEY_COLUMNS:
            frame[name] = accounts[name].to_pylist()
    return frame


def instants(
    store: Store,
    ticks: npt.NDArray[np.generic],
    *,
    known: npt.NDArray[np.bool_] | None = None,
) -> pd.DatetimeIndex:
    """Ticks as instants in UTC, none where not known."""
    microseconds = ticks.astype(np.int64) * (MICROSECONDS // store.ticks_per_second)
    stamps = microseconds.astype("datetime64[us]")
    if known is not None:
        stamps = np.where(known, stamps, np.datetime64("NaT", "us"))
    return pd.DatetimeIndex(stamps).tz_localize("UTC")
