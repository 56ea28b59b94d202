"""Who leads which stage, what departments really do there, and which promises they keep."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.accounts.engaged import owners_of
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.ownership.departments import departments_in
from journey.analysis.ownership.promises import (
    HOURS,
    NO_FIGURES,
    Handoff,
    Promise,
    figures_columns,
    group_names,
    handoff_promises,
    limit_ticks,
    promise_figures,
    reaction_promises,
    waits_of,
)
from journey.analysis.stages.outcomes import instants, names_of_stages
from journey.facts import ShardFacts
from journey.kernels import distinct
from journey.kernels.promises import WAITING
from journey.log import TouchpointLog
from journey.rules.ownership import Ownership, StageOwners
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

POST_NAMES: Final = {"mql": "MQL", "sql": "SQL"}
NO_LEAD: Final = "no lead"
SEVERAL_LEADS: Final = "several leads"
LEAD_IDLE: Final = "lead has no touch"

MATRIX_COLUMNS: Final = (
    *("stage", "department", "role", "n_touchpoints", "touch_share", "n_journeys"),
    *("sla_hours", "n_in_time", "n_late", "n_due", "n_past_due", "late_rate", "gap"),
)
LEVEL_COLUMNS: Final = (
    *("promise", "source", "target", "sla_hours", "n_waits", "n_journeys", "n_in_time", "n_late"),
    *("n_due", "n_past_due", "n_over", "median_hours", "p90_hours"),
    *("late_rate", "late_low", "late_high"),
)
_OPEN_TEXTS: Final = ("account_id", "promise", "department", "owner", "stage")
OPEN_COLUMNS: Final = (
    *_OPEN_TEXTS,
    *("begun_at", "waited_hours", "sla_hours", "due_at", "is_past_due"),
)


def ownership_matrix(log: TouchpointLog) -> pd.DataFrame:
    """Stages by departments: who leads, who helps, and what each really did there.

    A touch belongs to the department that names its type, owner, channel or source, else to the
    one whose work its name sounds like; it counts in the stage its journey is in after it. A lead
    with a promise owes every journey that others bring into the stage a touch within so many hours.

    Returns
    -------
    DataFrame
        One row per stage and department, in order, and last for each stage one for touches of no
        department (None): ``stage``, ``department``; ``role`` (``lead``, ``contributor`` or
        None); ``n_touchpoints`` in view; ``touch_share`` (of the stage's touches);
        ``n_journeys`` with such a touch; for a lead that promised something ``sla_hours``,
        ``n_in_time``, ``n_late``, ``n_due``, ``n_past_due``, ``late_rate`` as in ``handoffs``;
        ``gap``: ``no lead`` (on the last row), ``several leads``, ``lead has no touch``, or None.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, Stage, from_frame
    >>> from journey.rules.ownership import Ownership, StageOwners
    >>> model = Definitions(stages=(Stage("Convert", ("Sales call",)),),
    ...     ownership=Ownership(stages=(StageOwners("Convert", ("Service",)),)))
    >>> log = from_frame(pd.DataFrame({"account_id": ["a"], "touchpoint": ["Sales call"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"])}), definitions=model)
    >>> found = ownership_matrix(log).set_index("department")
    >>> int(found.loc["Sales", "n_touchpoints"]), found.loc["Service", "gap"]
    (1, 'lead has no touch')
    """
    frame = _roles_and_touches(log)
    levels = _levels(log, reaction_promises(log), by=None)
    row_of = {promise: row for row, promise in enumerate(levels["promise"])}
    leads = zip(frame["stage"], frame["role"] == "lead", strict=True)
    rows = np.array([row_of.get(stage, -1) if is_lead else -1 for stage, is_lead in leads])
    measured = {
        name: np.append(levels[name].to_numpy(np.float64), np.nan)[rows]
        for name in ("sla_hours", "n_in_time", "n_late", "n_due", "n_past_due", "late_rate")
    }
    told = frame.assign(**measured)[list(MATRIX_COLUMNS)]
    return none_for_missing(told, ["department", "role", "gap"])


def service_levels(log: TouchpointLog) -> pd.DataFrame:
    """What departments promised each other, and how they kept it: marketing, sales, service.

    Promises are those of handoffs (a lead at a post is taken on or sent back within so many hours)
    and of stages (the lead acts within so many hours after a journey entered).

    Returns
    -------
    DataFrame
        One row per promise: ``promise`` (``MQL to accepted``, or the stage); ``source``,
        ``target`` (who hands over and who owes; None: no lead is named); ``sla_hours``;
        ``n_waits``, ``n_journeys``; ``n_in_time``, ``n_late`` (answered later), ``n_due`` (open,
        in time), ``n_past_due`` (open, later), ``n_over`` (decided, or the stage left, first);
        ``median_hours``, ``p90_hours`` (Kaplan and Meier); ``late_rate`` with its 95 % Wilson
        interval ``late_low``, ``late_high``, as in ``handoffs``.

    Examples
    --------
    The MQL 'a' was taken on after 48 of the 24 hours promised; 'b' has waited 24 so far.

    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> from journey.rules.ownership import Ownership
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["MQL", "SAL", "MQL"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-02"])}),
    ...     definitions=Definitions(ownership=Ownership(mql_hours=24)))
    >>> service_levels(log)[["promise", "sla_hours", "n_waits", "n_late", "n_due"]]
               promise  sla_hours  n_waits  n_late  n_due
    0  MQL to accepted       24.0        2       1      1
    """
    return _levels(log, promises_made(log), by=None)[list(LEVEL_COLUMNS)]


def service_levels_by(log: TouchpointLog, *, by: str) -> pd.DataFrame:
    """The same for each value of an attribute, or each month in which waits began.

    Parameters
    ----------
    by
        As in :func:`journey.handoffs_by`.

    Returns
    -------
    DataFrame
        As :func:`service_levels`, one row per promise and ``value`` (None: not known); by promise,
        then ``n_past_due`` and ``n_late``, largest first.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> from journey.rules.ownership import Ownership
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["MQL", "SAL", "MQL"], "channel": "Web",
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-02"])}),
    ...     definitions=Definitions(ownership=Ownership(mql_hours=24)))
    >>> found = service_levels_by(log, by="channel").iloc[0]
    >>> found["value"], int(found["n_late"]), int(found["n_due"])
    ('Web', 1, 1)
    """
    frame = _levels(log, promises_made(log), by=by)
    order = ["place", "n_past_due", "n_late", "n_waits", "label"]
    labelled = frame.assign(label=frame["value"].map(lambda value: value or ""))
    ranked = labelled.sort_values(order, ascending=[True, *[False] * 3, True], ignore_index=True)
    columns = [LEVEL_COLUMNS[0], "value", *LEVEL_COLUMNS[1:]]
    return none_for_missing(ranked[columns], ["value", "source", "target"])


def open_promises(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """Open journeys that wait for an answer somebody promised, the longest overdue first.

    Parameters
    ----------
    limit
        Only so many, the first of the list; none: all of them.

    Returns
    -------
    DataFrame
        One row per wait: ``account_id``, ``promise``, ``department`` that owes the answer,
        ``owner``, ``stage`` the journey is in, ``begun_at``, ``waited_hours``, ``sla_hours``,
        ``due_at``, ``is_past_due``.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, from_frame
    >>> from journey.rules.ownership import Ownership
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["MQL", "SAL", "MQL"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-02"])}),
    ...     definitions=Definitions(ownership=Ownership(mql_hours=24)))
    >>> open_promises(log)["account_id"].tolist()
    ['b']
    """
    promises = promises_made(log)
    asked = [(name_of(one), parties(log, one)[1], one) for one in promises]
    limits = [limit_ticks(log, one.hours) for one in promises]
    question = partial(
        _open_rows,
        asked=asked,
        limits=limits,
        stages=log.definitions.stage_names,
        n_rows=limit,
    )
    parts = [part for part in log.ask_with_facts(question) if len(part)]
    if not parts:
        return pd.DataFrame(columns=list(OPEN_COLUMNS))
    rows = pd.concat(parts, ignore_index=True)
    ticks_per_hour = log.ticks_per_day / HOURS
    frame = rows.assign(
        waited_hours=rows["waited"] / ticks_per_hour,
        sla_hours=rows["limit"] / ticks_per_hour,
        due_at=rows["begun_at"] + pd.to_timedelta(rows["limit"] / ticks_per_hour, unit="h"),
        is_past_due=rows["waited"] > rows["limit"],
    )
    ranked = _longest_overdue(frame, limit)
    return none_for_missing(ranked[list(OPEN_COLUMNS)], _OPEN_TEXTS)


def promises_made(log: TouchpointLog) -> list[Promise]:
    """Handoffs and stages for which an answer was promised, in order."""
    return [
        *(one for one in handoff_promises(log) if one.hours is not None),
        *reaction_promises(log),
    ]


def name_of(promise: Promise) -> str:
    """What a promise is called in tables."""
    if not isinstance(promise, Handoff):
        return promise.stage
    source, target = (POST_NAMES.get(post, post) for post in (promise.source, promise.target))
    return f"{source[:1].upper()}{source[1:]} to {target}"


def parties(log: TouchpointLog, promise: Promise) -> tuple[str | None, str | None]:
    """Which departments hand over and owe the answer; None where no lead is named.

    At a handoff the leads of the stages that the touches of its posts enter; at a stage its own
    lead and that of the stage before.
    """
    ownership, stages = log.definitions.ownership, log.definitions.stage_names

    def lead(position: int) -> str | None:
        leads = ownership.of_stage(stages[position]).leads if position >= 0 else ()
        return " + ".join(leads) or None

    if isinstance(promise, Handoff):
        return lead(_stage_of(log, promise.opens)), lead(_stage_of(log, promise.answers))
    return lead(promise.position - 1), lead(promise.position)


def _stage_of(log: TouchpointLog, types: Sequence[str]) -> int:
    """The stage that the first of some touchpoint types enters by its rule, -1 if none does."""
    stages = enumerate(log.definitions.stages)
    places = {name: place for place, stage in stages for name in stage.touchpoints}
    return next((places[name] for name in types if name in places), -1)


def _roles_and_touches(log: TouchpointLog) -> pd.DataFrame:
    """By stage and department its role, its touches, and what is amiss."""
    ownership, stages = log.definitions.ownership, log.definitions.stage_names
    shape = len(stages), len(ownership.names) + 1
    question = partial(_count_touches, ownership=ownership, n_stages=len(stages))
    touches, having = sum(log.ask_with_facts(question), np.zeros((2, *shape), np.int64))
    owners = [ownership.of_stage(stage) for stage in stages]
    return pd.DataFrame(
        {
            "stage": np.repeat(np.array(stages, dtype=object), shape[1]),
            "department": [*ownership.names, None] * shape[0],
            "role": [
                role
                for one in owners
                for role in (*(one.role_of(name) for name in ownership.names), None)
            ],
            "n_touchpoints": touches.ravel(),
            "touch_share": (touches / np.maximum(touches.sum(axis=1, keepdims=True), 1)).ravel(),
            "n_journeys": having.ravel(),
            "gap": [
                gap
                for one, own in zip(owners, touches, strict=True)
                for gap in _gaps(one, own, ownership)
            ],
        }
    )


def _levels(log: TouchpointLog, promises: Sequence[Promise], *, by: str | None) -> pd.DataFrame:
    """Figures of promises, one row each, or one for each group."""
    if by is not None:
        group_names(log, by, [])
    found = promise_figures(log, promises, by=by)
    keys = sorted(found) if by is not None else [(place, 0) for place in range(len(promises))]
    columns = figures_columns([found.get(key, NO_FIGURES) for key in keys])
    asked = [promises[place] for place, _ in keys]
    ends = [parties(log, one) for one in asked]
    groups = (
        [None] * len(keys) if by is None else group_names(log, by, [group for _, group in keys])
    )
    return pd.DataFrame(columns).assign(
        promise=pd.Series([name_of(one) for one in asked], dtype=object),
        source=pd.Series([source for source, _ in ends], dtype=object),
        target=pd.Series([target for _, target in ends], dtype=object),
        sla_hours=pd.Series([one.hours for one in asked], dtype=float),
        value=pd.Series(groups, dtype=object),
        place=pd.Series([place for place, _ in keys], dtype=np.int64),
    )


def _gaps(owners: StageOwners, touches: Ints, ownership: Ownership) -> list[str | None]:
    """What is amiss with the owners of a stage, by department; last: with the stage itself."""
    found: list[str | None] = []
    for place, name in enumerate(ownership.names):
        if name not in owners.leads:
            found.append(None)
        elif len(owners.leads) > 1:
            found.append(SEVERAL_LEADS)
        else:
            found.append(LEAD_IDLE if touches.sum() and not touches[place] else None)
    return [*found, None if owners.leads else NO_LEAD]


def _count_touches(part: Part, *, ownership: Ownership, n_stages: int) -> Ints:
    """Touches, and journeys that have one, by stage and department (last: none)."""
    view, facts = part
    n_departments = len(ownership.names) + 1
    stages, found = facts.stages_in(view), departments_in(view, ownership)
    rows = frozen(np.flatnonzero(stages >= 0))
    departments = np.where(found < 0, n_departments - 1, found)
    groups = frozen((stages.astype(np.int64) * n_departments + departments)[rows])
    n_groups = n_stages * n_departments
    is_first = distinct.firsts(groups, distinct.owners_of(rows, view.offsets), n_groups)
    counts = (np.bincount(some, minlength=n_groups) for some in (groups, groups[is_first]))
    return np.stack(list(counts)).reshape(2, n_stages, n_departments)


def _open_rows(
    part: Part,
    *,
    asked: Sequence[tuple[str, str | None, Promise]],
    limits: Sequence[float],
    stages: Sequence[str],
    n_rows: int | None,
) -> pd.DataFrame:
    """Waits of one shard that nobody answered so far, the longest overdue first."""
    found = [waits_of(part, promise) for _, _, promise in asked]
    open_now = [waits.hows == WAITING for waits in found]
    places = np.repeat(np.arange(len(found)), [np.count_nonzero(flags) for flags in open_now])
    if not len(places):
        return pd.DataFrame()
    journeys, begins, waited = (
        np.concatenate(
            [getattr(one, name)[flags] for one, flags in zip(found, open_now, strict=True)]
        )
        for name in ("journeys", "begins", "ticks")
    )
    limit = np.array(limits)[places]
    if n_rows is not None and n_rows < len(places):  # what is tied is told apart by name
        over = limit - waited
        first = np.flatnonzero(over <= np.partition(over, n_rows - 1)[n_rows - 1])
        journeys, begins, waited = journeys[first], begins[first], waited[first]
        places, limit = places[first], limit[first]
    facts = part[1]
    evidence = facts.view
    names = evidence.store.dictionaries[evidence.store.case_role]
    columns = {
        "account_id": names.take(pa.array(evidence.shard.cases[journeys], pa.int64())).to_pylist(),
        "department": [asked[place][1] for place in places.tolist()],
        "owner": owners_of(evidence, journeys),
        "stage": names_of_stages(stages, facts.last_stages[journeys]),
    }
    rows = pd.DataFrame(
        {
            **{name: pd.Series(column, dtype=object) for name, column in columns.items()},
            "promise": [asked[place][0] for place in places.tolist()],
            "begun_at": instants(evidence.store, evidence.ticks[begins]),
            "waited": waited,
            "limit": limit,
        }
    )
    return _longest_overdue(rows, n_rows)


def _longest_overdue(rows: pd.DataFrame, n_rows: int | None) -> pd.DataFrame:
    ordered = rows.assign(over=rows["limit"] - rows["waited"]).sort_values(
        ["over", "account_id", "promise"], ignore_index=True
    )
    return ordered if n_rows is None else ordered.head(n_rows)
