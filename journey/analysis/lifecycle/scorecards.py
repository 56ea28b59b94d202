"""The lifecycle in figures: for each stage its questions, answered by a number and a sentence."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from journey.analysis.lifecycle.churn import tells_churn
from journey.analysis.lifecycle.lived import FLAGS, FLAGS_OF, Span, flags_of, period_before, span_of
from journey.analysis.lifecycle.questions import (
    IN_MONEY,
    MEANING_WORDS,
    METRICS,
    NUMBERS_OF_WINS,
    Metric,
)
from journey.analysis.lifecycle.sums import Figures, figures_of
from journey.analysis.scores.milestones import (
    MILESTONES,
    Posts,
    can_be_passed,
    posts_of,
    types_meaning,
)
from journey.errors import ValueNotAllowedError
from journey.log import TouchpointLog
from journey.reading import first_tick
from journey.rules.meanings import Meaning
from journey.rules.stage_roles import ROLES
from journey.schema import SMALL_SAMPLE
from journey.selection import Keep, Since
from journey.store.view import View
from journey.wording import agreeing

PERIOD_DAYS: Final = 90.0
MOST_DAYS: Final = 36_525.0
"""A century; more would lie before the times that can be told."""

COLUMNS: Final = (
    *("role", "stage", "metric", "of", "value", "numerator", "denominator", "unit", "currency"),
    *("previous_value", "previous_numerator", "previous_denominator", "is_small", "sentence"),
)
Write = Callable[[float, str], str]
"""Writes a value of a unit."""

_TEXTS: Final = ("stage", "of", "currency")
_NOTHING: Final = (np.nan, np.nan, np.nan)
"""Value, numerator and denominator where there is none."""


def lifecycle_metrics(log: TouchpointLog, *, days: float = PERIOD_DAYS) -> pd.DataFrame:
    """The figures of each stage over the last days up to ``as_of``, and over as many before.

    The period before is read as the log stood when it ended; there is none to compare with where
    the log, or what is in view of it, begins later than that period. Touches count as they are in
    view; what journeys passed and became is read from all their touchpoints.

    Parameters
    ----------
    days
        How long the period is.

    Returns
    -------
    DataFrame
        One row per metric, and per channel, call to action or campaign where it is told by name:
        ``role`` (attract, capture, nurture, convert, expand), ``stage`` (those of the model that
        play it; None: there is none), ``metric``, ``of`` (None: of all), ``value``,
        ``numerator``, ``denominator`` (not a number where the metric has none), ``unit`` (people,
        touchpoints, journeys, share, money, days, number), ``currency`` (of costs where it is
        known), the first three of the period before with ``previous_``, ``is_small`` (a rate
        with a denominator below 30), and ``sentence``: the figure in words, or what the log
        lacks for it. A value that can't be had is not a number. In the order of roles.

    Raises
    ------
    ValueNotAllowedError
        If the period has no length, or is longer than a century.

    Examples
    --------
    >>> from journey import Definitions, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Lead created", "Deal won", "Deal lost"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-01", "2026-03-05"])}),
    ...     definitions=Definitions(won=("Deal won",), lost=("Deal lost",)))
    >>> found = lifecycle_metrics(log, days=30).set_index(["role", "metric"])
    >>> found.loc[("convert", "win_rate"), ["value", "numerator", "denominator"]].tolist()
    [0.5, 1.0, 2.0]
    >>> found.loc[("capture", "new_leads"), ["value", "previous_value"]].tolist()
    [0.0, 0.0]
    >>> found.loc[("expand", "renewals"), "sentence"]
    'No touchpoint type means a renewal. Say in the definitions which do.'
    """
    check_days(days)
    rows = _rows(log, days)
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    texts = {name: pd.Series(columns[name], dtype=object) for name in _TEXTS}
    return pd.DataFrame(columns | texts)


def _rows(log: TouchpointLog, days: float) -> list[dict[str, Any]]:
    """A row for each figure, and each name that it is told of."""
    span = span_of(log, days=days)
    now = figures_of(log, span)
    before = None
    if has_before(log, span):
        earlier = period_before(log, span)
        before = figures_of(earlier, span_of(earlier, days=days))
    lacking, stages = _Lacking.of(log), stages_of_roles(log)
    return [
        {"stage": stages[metric.role]} | _row(metric, of, now, before, lacking, days)
        for metric in METRICS
        for of in _names(metric, now)
    ]


def lifecycle_journeys(
    log: TouchpointLog,
    role: str,
    metric: str,
    *,
    of: str | None = None,
    days: float = PERIOD_DAYS,
    denominator: bool = False,
) -> TouchpointLog:
    """The journeys behind a figure of :func:`lifecycle_metrics`: exactly as many as it counts.

    Parameters
    ----------
    denominator
        Those it is a share of, not those it counts.

    Raises
    ------
    ValueNotAllowedError
        If there is no such figure or period, or it counts no journeys.
    """
    check_days(days)
    known = {(one.role, one.name): one for one in METRICS}
    if (role, metric) not in known:
        names = [f"{one.role} {one.name}" for one in METRICS]
        raise ValueNotAllowedError.among(f"{role} {metric}", names, what="The figure")
    wanted = known[role, metric]
    name = (wanted.bottom if denominator else wanted.top) or ""
    flag_of = of if name in FLAGS_OF else None
    if name not in (FLAGS if flag_of is None else FLAGS_OF):
        raise ValueNotAllowedError(
            f"The figure {metric!r} counts no journeys there, so none can be listed."
        )
    arguments = (("span", span_of(log, days=days)), ("name", name), ("of", flag_of))
    return log.keep(Keep(flags_of, arguments))


def counts_journeys(metric: str, role: str, *, denominator: bool = False) -> bool:
    """Whether a figure counts journeys, so that it opens into them."""
    found = next(one for one in METRICS if (one.role, one.name) == (role, metric))
    name = found.bottom if denominator else found.top
    return name in FLAGS or name in FLAGS_OF


def stages_of_roles(log: TouchpointLog) -> dict[str, str | None]:
    """The stages of the model that play each role, as one text; None where there is none."""
    role_of = log.definitions.stage_roles.of(log.definitions.stage_names)
    found: dict[str, str | None] = {}
    for role in ROLES:
        own = [stage for stage, played in role_of.items() if played == role]
        found[role] = " + ".join(own) or None
    return found


def stages_without_role(log: TouchpointLog) -> list[str]:
    """Stages of the model of which it is not known which part of the lifecycle they play."""
    role_of = log.definitions.stage_roles.of(log.definitions.stage_names)
    return [stage for stage, role in role_of.items() if role is None]


@dataclass(frozen=True)
class _Lacking:
    """What a log lacks for figures."""

    meanings: frozenset[Meaning]
    wins: bool
    values: bool

    @classmethod
    def of(cls, log: TouchpointLog) -> "_Lacking":
        has_win = bool(set(log.definitions.won) & set(log.store.touchpoint_types))
        posts = posts_of(log)
        missing = frozenset[Meaning](
            name for name in MEANING_WORDS if not _is_told(log, posts, name)
        )
        return cls(missing, not has_win, not any(log.ask(_has_values)))

    def reason(self, metric: Metric) -> str | None:
        """Why there can be no such figure."""
        missing: Meaning | None = next(
            (meaning for meaning in metric.needs if meaning in self.meanings), None
        )
        if missing is not None:
            words = MEANING_WORDS[missing]
            return f"No touchpoint type means {words}. Say in the definitions which do."
        if self.wins and metric.name in NUMBERS_OF_WINS:
            return "No touchpoint wins a journey. Say in the definitions which do."
        if self.values and metric.name in IN_MONEY:
            return "No touchpoint carries a value."
        return None


def _is_told(log: TouchpointLog, posts: Posts, meaning: Meaning) -> bool:
    """Whether anything in a log tells of a meaning."""
    if meaning in MILESTONES:
        return can_be_passed(posts, meaning)
    is_type = types_meaning(log.store, log.definitions, meaning)
    return tells_churn(log, is_type) if meaning == "churn" else bool(is_type.any())


def _has_values(view: View) -> bool:
    """Whether the touchpoints of a shard carry values: only who has the shard can tell."""
    return "value" in view.shard.numbers


def check_days(days: float) -> None:
    """Refuse a period without a length, or of more than a century."""
    if not 0 < days <= MOST_DAYS:
        raise ValueNotAllowedError(
            f"The period is {days!r} days. Give a number above 0, at most {MOST_DAYS:,.0f}."
        )


def has_before(log: TouchpointLog, span: Span) -> bool:
    """Whether what is in view of a log covers the whole of the period before one."""
    begins = [step.tick for step in log.steps if isinstance(step, Since)]
    return max([first_tick(log.runner, log.store), *begins]) <= 2 * span.begin - span.end


def _names(metric: Metric, now: Figures) -> Iterator[str | None]:
    if metric.by_name:
        yield from now.named(metric.bottom if metric.bottom == "answered" else metric.top)
    else:
        yield None


def _row(
    metric: Metric,
    of: str | None,
    now: Figures,
    before: Figures | None,
    lacking: _Lacking,
    days: float,
) -> dict[str, Any]:
    reason = lacking.reason(metric)
    told = [_told(metric, of, one) if reason is None else _NOTHING for one in (now, before)]
    value, numerator, denominator = told[0]
    small = metric.unit == "share" and denominator < SMALL_SAMPLE
    currency = now.currency if metric.top == "cost" else None
    sentence = reason or _why_not(metric, value, now, days)
    if sentence is None:
        sentence = _sentence(metric, of, told[0], told[1][0], days, currency, written)
    previous = dict(zip(("value", "numerator", "denominator"), told[1], strict=True))
    return {
        "role": metric.role,
        "metric": metric.name,
        "of": of,
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "unit": metric.unit,
        "currency": currency,
        **{f"previous_{name}": number for name, number in previous.items()},
        "is_small": bool(small),
        "sentence": sentence,
    }


def _told(metric: Metric, of: str | None, figures: Figures | None) -> tuple[float, float, float]:
    """Value, numerator and denominator of one period; nothing where the log doesn't cover it."""
    if figures is None:
        return _NOTHING
    top = figures.get(metric.top, of)
    if np.isnan(top) and metric.by_name:
        top = 0.0
    if metric.bottom is None:
        return top, top, np.nan
    bottom = figures.get(metric.bottom, of if metric.bottom in FLAGS_OF else None)
    if np.isnan(bottom) and metric.by_name:
        bottom = 0.0
    return (top / bottom if bottom > 0 else np.nan), top, bottom


def _why_not(metric: Metric, value: float, now: Figures, days: float) -> str | None:
    """Why a figure has no value in the period; None where it has."""
    if not np.isnan(value):
        return None
    if metric.top == "cost" and np.isnan(now.get("cost")):
        return f"{(now.cost_note or '').capitalize()} in these {days:g} days."
    return f"{metric.lacks} in these {days:g} days."


def _sentence(
    metric: Metric,
    of: str | None,
    told: tuple[float, float, float],
    previous: float,
    days: float,
    currency: str | None,
    write: Write,
) -> str:
    value, top, bottom = told
    words = metric.words.format(
        value=write(value, metric.unit) + (f" {currency}" if currency else ""),
        top=write(top, "number"),
        bottom=write(bottom, "number"),
        of="{of}",
    )
    words = agreeing(words).replace("{of}", str(of))
    if np.isnan(previous):
        return f"{words}; nothing to compare with in the {days:g} days before."
    return f"{words}; {write(previous, metric.unit)} in the {days:g} days before."


def sentence_of(row: Mapping[Hashable, Any], *, days: float, write: Write) -> str:
    """The sentence of a row of :func:`lifecycle_metrics`, its numbers written by another hand."""
    if np.isnan(row["value"]):
        return row["sentence"]
    metric = next(one for one in METRICS if (one.role, one.name) == (row["role"], row["metric"]))
    told = row["value"], row["numerator"], row["denominator"]
    return _sentence(metric, row["of"], told, row["previous_value"], days, row["currency"], write)


def written(value: float, unit: str) -> str:
    """A figure as its sentence has it.

    Examples
    --------
    >>> written(0.123, "share"), written(1234.0, "journeys"), written(2.25, "number")
    ('12%', '1,234', '2.2')
    >>> written(12.0, "days"), written(1234.5, "money"), written(0.004, "share")
    ('12 days', '1,234', '0.4%')
    """
    if np.isnan(value):
        return "none"
    decimals = decimals_of(value, unit)
    if unit == "share":
        return f"{value:.{decimals}%}"
    short = f"{value:,.{decimals}f}"
    return agreeing(f"{short} [day|days]") if unit == "days" else short


def decimals_of(value: float, unit: str) -> int:
    """How many decimals a figure is written with: below ten, of a whole or of a hundred, one."""
    if unit == "share":
        return int(0 < value < 0.1)  # noqa: PLR2004 - in the docstring
    return int(not float(value).is_integer() and value < 10)  # noqa: PLR2004 - in the docstring
