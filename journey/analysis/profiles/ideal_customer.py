"""Who fits: the profile that wins most surely, and the one that is lost so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.profiles.criteria import Segment, count_inside
from journey.analysis.profiles.profile_traits import (
    LOSES_MORE,
    RATES,
    WINS_MORE,
    attribute_traits,
    rates_of,
)
from journey.analysis.profiles.traits import MOST_VALUES
from journey.analysis.stages.members import in_segment
from journey.analysis.stages.segments import segmentation
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says
from journey.schema import LEAST_CERTAIN, OUTCOMES, SMALL_SAMPLE
from journey.selection import filter_columns

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_LINE: Final = r"products?$|product (?:line|family|group|category)|service line|business unit"

_COLUMNS: Final = ("line", "role", "profile", *RATES, "n_tested", "segment")


def ideal_customer_profile(log: TouchpointLog, *, by: str | None = None) -> pd.DataFrame:
    """The profile that wins most surely above the rest, and the one that is lost so.

    Only attributes make a profile. Candidates are what ``profile_traits`` says wins more (loses
    more, and wins no more than the rest): one value, or several of one column, or these together
    with a value of another column. The one with the largest difference in standard errors is taken.

    Parameters
    ----------
    by
        A column such as the product line: the profiles of its values too.

    Returns
    -------
    DataFrame
        At most two rows for all journeys (``line`` None) and for each value of ``by``: ``line``,
        ``role`` (``ideal``, ``anti``), ``profile``, the figures of ``profile_traits``,
        ``n_tested`` (traits and pairs that were looked through; ``chance`` is that of Fisher's
        test times so many) and ``segment``. No rows where nothing stands out.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    All 40 retailers won, all 40 miners were lost.

    >>> from journey import Definitions, from_frame
    >>> accounts = pd.DataFrame({
    ...     "account_id": [str(n) for n in range(80)], "trade": ["Retail"] * 40 + ["Mining"] * 40})
    >>> log = from_frame(accounts[["account_id"]].assign(
    ...     touchpoint=["Won"] * 40 + ["Lost"] * 40, occurred_at=pd.Timestamp("2026-01-01")),
    ...     accounts=accounts, definitions=Definitions(won=("Won",), lost=("Lost",)))
    >>> ideal_customer_profile(log)[["role", "profile", "n_journeys", "win_rate", "lost_rate"]]
            role       profile  n_journeys  win_rate  lost_rate
    0  ideal  Trade Retail          40       1.0        0.0
    1   anti  Trade Mining          40       0.0        1.0
    """
    rows = _profiles(log, None)
    if by is not None:
        for value in segmentation(log.store, by).names:
            if value is not None:
                rows += _profiles(in_segment(log, by, value), value)
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def line_columns(log: TouchpointLog) -> list[str]:
    """Columns whose name says that they tell product lines, and that have several.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": ["Ad", "Ad"], "product": ["Rings", "Chains"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}))
    >>> line_columns(log)
    ['product']
    """
    columns = [name for name in filter_columns(log.store) if says(_LINE, plain_words(name))]
    return [
        name
        for name in columns
        if 1 < len([value for value in segmentation(log.store, name).names if value]) <= MOST_VALUES
    ]


def _profiles(log: TouchpointLog, line: str | None) -> list[dict[str, object]]:
    frame = attribute_traits(log)
    columns = (frame[name].tolist() for name in _Told._fields)
    told = [_Told(*row) for row in zip(*columns, strict=True)]
    n_tested = sum(row.n_journeys >= SMALL_SAMPLE for row in told)
    ideal = [row for row in told if row.wins and row.chance <= LEAST_CERTAIN]
    anti = [row for row in told if row.loses and not row.wins and row.lost_chance <= LEAST_CERTAIN]
    found = {"ideal": _best(ideal, WINS_MORE), "anti": _best(anti, LOSES_MORE)}
    rows = [
        _profile_row(log, line, role, chosen, n_tested)
        for role, chosen in found.items()
        if chosen is not None
    ]
    return [row for row in rows if _is_certain(row)]


def _is_certain(row: Mapping[str, Any]) -> bool:
    """Whether chance would hardly give the profile after so many tries."""
    return bool(row[_CHANCE_OF[row["role"]]] <= LEAST_CERTAIN)


_CHANCE_OF: Final = {"ideal": "chance", "anti": "lost_chance"}


@dataclass(frozen=True)
class _Candidate:
    """Criteria, and the journeys (all, won, lost) of which it can be told if they meet them."""

    segment: Segment
    base: tuple[int, int, int]


class _Told(NamedTuple):
    """What is told of a trait or a pair."""

    n_journeys: int
    n_rest: int
    n_won: int
    win_rate: float
    rest_win_rate: float
    chance: float
    n_lost: int
    lost_rate: float
    rest_lost_rate: float
    lost_chance: float
    verdict: str
    profile: str
    segment: Segment

    @property
    def wins(self) -> bool:
        """Whether it is won more often than the rest."""
        return self.win_rate > self.rest_win_rate

    @property
    def loses(self) -> bool:
        """Whether it is lost more often than the rest."""
        return self.lost_rate > self.rest_lost_rate

    @property
    def base(self) -> tuple[int, int, int]:
        """The journeys (all, won, lost) of which it can be told whether they have it."""
        return (
            self.n_journeys + self.n_rest,
            self.n_won + round(self.rest_win_rate * self.n_rest),
            self.n_lost + round(self.rest_lost_rate * self.n_rest),
        )


def _best(rows: Sequence[_Told], verdict: str) -> _Candidate | None:
    """The box furthest from the rest, in standard errors between the rates.

    Among all subsets of a group the best is a beginning of the list ordered by rate.

    References
    ----------
    Neill, D. B. (2012). Fast subset scan for spatial pattern detection. *Journal of the Royal
    Statistical Society B* 74.
    """
    is_win = verdict == WINS_MORE
    groups = [
        sorted(group, key=lambda row: (-(row.win_rate if is_win else row.lost_rate), row.profile))
        for group in _groups(rows, verdict)
    ]
    if not groups:
        return None
    ranked = [row for group in groups for row in group]
    lengths = np.array([len(group) for group in groups])
    n = _added_up([row.n_journeys for row in ranked], lengths)
    k = _added_up([row.n_won if is_win else row.n_lost for row in ranked], lengths)
    bases = np.repeat([group[0].base for group in groups], lengths, axis=0)
    distances = _distances(n, k, bases[:, 0], bases[:, 1 if is_win else 2])
    # A value that adds nothing by itself may round off a box, but not be one.
    distances[_added_up([row.verdict == verdict for row in ranked], lengths) == 0] = -np.inf
    found: dict[int, _Candidate] = {}
    of_row = np.repeat(np.arange(len(groups)), lengths)
    for row in np.flatnonzero(distances == distances.max()).tolist():
        group = int(of_row[row])
        begin = row - int(np.searchsorted(of_row, group))
        found.setdefault(group, _box(groups[group][: begin + 1]))
    return max(found.values(), key=lambda one: str(one.segment))


def _added_up(numbers: Sequence[int], lengths: Ints) -> Ints:
    """Sums from the beginning of each group of so many to each of its members."""
    sums = np.cumsum(numbers)
    before = np.append(0, sums)[np.cumsum(lengths) - lengths]
    return sums - np.repeat(before, lengths)


def _groups(rows: Sequence[_Told], verdict: str) -> Iterable[list[_Told]]:
    """Rows that together make a box: values of one column, with one of another or with none."""
    by_key: dict[object, list[_Told]] = {}
    for row in rows:
        for free, _ in row.segment.profile:
            held = tuple((name, values) for name, values in row.segment.profile if name != free)
            by_key.setdefault((free, held), []).append(row)
    return (group for group in by_key.values() if any(row.verdict == verdict for row in group))


def _box(rows: Sequence[_Told]) -> _Candidate:
    """The criteria that any of some rows meets."""
    profiles = [dict(row.segment.profile) for row in rows]
    merged = {
        column: tuple(sorted({str(value) for profile in profiles for value in profile[column]}))
        for column in profiles[0]
    }
    return _Candidate(
        Segment(profile=tuple(merged.items()), until=rows[0].segment.until), rows[0].base
    )


def _distances(n: Ints, k: Ints, n_base: Ints, hits_of_all: Ints) -> Floats:
    """Standard errors between the rates of groups and of those outside."""
    share = hits_of_all / n_base
    n_outside = np.maximum(n_base - n, 1)
    spread = np.sqrt(share * (1 - share) * (1 / n + 1 / n_outside))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num((k / n - (hits_of_all - k) / n_outside) / spread)


def _profile_row(
    log: TouchpointLog, line: str | None, role: str, chosen: _Candidate, n_tested: int
) -> dict[str, object]:
    question = partial(count_inside, segment=chosen.segment, stages=())
    outcomes = sum(log.ask_with_facts(question), np.zeros(len(OUTCOMES), np.int64))
    inside = np.array([[outcomes.sum()], [outcomes[0]], [outcomes[1]]])
    figures = rates_of(inside, np.array(chosen.base)[:, None])
    row: dict[str, object] = {name: column[0].item() for name, column in figures.items()}
    for name in ("chance", "lost_chance"):
        row[name] = min(float(figures[name][0]) * n_tested, 1.0)
    return {
        "line": line,
        "role": role,
        "profile": str(chosen.segment).removesuffix("; before the decision"),
        "n_tested": n_tested,
        "segment": chosen.segment,
        **row,
    }
