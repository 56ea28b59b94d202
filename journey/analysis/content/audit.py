"""Which content is missing, which is used and what follows, which lies idle."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.content.uses import (
    Tally,
    content_columns,
    count_decided,
    count_roles,
    count_uses,
    n_people,
    naming_of,
    people_by_content,
    people_by_stage,
    role_codes,
    roles_of,
)
from journey.analysis.figures.distinct import count_first
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.statistics import wilson
from journey.analysis.stages.outcomes import instants
from journey.inventory import Entry, Inventory
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE

Ints = npt.NDArray[np.int64]
Across = Literal["persona", "question", "kind"]

NOTHING_LISTED: Final = Inventory()
IDLE_DAYS: Final = 90.0
NEXT_DAYS: Final = 30.0
ORPHANED, NOT_IN_VIEW, DEAD, IN_USE = "orphaned", "not used in view", "dead", "in use"
STATUSES: Final = (ORPHANED, NOT_IN_VIEW, DEAD, IN_USE)
LEAST_ROLE_SHARE: Final = 0.1
SEVERAL: Final = "; "
"""Parts personas where a content is for several."""

EVERYBODY: Final = "everybody"
"""Stands in coverage for content that names no persona, question or kind."""

AUDIT_COLUMNS: Final = (
    *("content", "stage", "persona", "question", "kind", "published_at", "is_listed", "status"),
    *("n_touchpoints", "n_people", "n_journeys", "first_at", "last_at", "idle_days"),
    *("n_decided", "win_rate", "low", "high", "n_without", "without_rate"),
    *("n_judged", "next_stage_rate", "next_low", "next_high"),
)
COVERAGE_COLUMNS: Final = (
    "stage",
    "value",
    "n_contents",
    "n_used",
    "n_touchpoints",
    "n_people",
    "is_hole",
)


def content_audit(
    log: TouchpointLog,
    *,
    inventory: Inventory = NOTHING_LISTED,
    columns: Sequence[str] | None = None,
    idle_days: float = IDLE_DAYS,
    next_days: float = NEXT_DAYS,
) -> pd.DataFrame:
    """Each content with its use, what followed it, and whether it lies idle.

    Parameters
    ----------
    inventory
        What the company lists; else the stage is where it is used most, the personas its users.
    columns
        Columns of touchpoints that name content; none: what sounds like it, else their types.
    idle_days, next_days
        Not used for so long it is dead; so long after its first use a journey may go on.

    Returns
    -------
    DataFrame
        One row per content, used or listed: ``content``; ``stage``, ``persona``, ``question``,
        ``kind``, ``published_at`` (None: not known); ``is_listed``; ``status``: in the whole log
        ``orphaned`` (listed, used nowhere) or ``dead`` (idle too long, or 30 journeys could have
        gone on and none did), else ``not used in view`` or ``in use``. The rest is of the view:
        ``n_touchpoints``, ``n_people``, ``n_journeys`` of use; ``first_at``, ``last_at``,
        ``idle_days`` since; ``n_decided`` (reached its stage and used it before the decision),
        ``win_rate`` (95 % Wilson ``low``, ``high``); ``without_rate`` of ``n_without`` that reached
        the stage before it and did not: no proof; ``n_judged`` (first uses before the last stage,
        the days over), their ``next_stage_rate`` (``next_low``, ``next_high``). Most used first.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "b"], "touchpoint": "Read",
    ...     "content": "Guide", "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}))
    >>> found = content_audit(log, inventory=Inventory((Entry("Guide"), Entry("Case study"))))
    >>> found[["content", "n_journeys", "status"]]
          content  n_journeys    status
    0       Guide           2    in use
    1  Case study           0  orphaned
    """
    return _ranked(_audited(log, inventory, columns, next_days, idle_days))


def judged_text(log: TouchpointLog) -> str:
    """What ``status`` is judged on, in a sentence where filters narrow the rest; else empty.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a"], "touchpoint": ["Read"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"])}))
    >>> judged_text(log.where(account_id="a")).partition(";")[0]
    'Never used (orphaned) and no longer of use (dead) are judged on the whole data set'
    """
    if not log.steps:
        return ""
    return (
        "Never used (orphaned) and no longer of use (dead) are judged on the whole data set; all "
        "else is of what the filters keep."
    )


def content_coverage(
    log: TouchpointLog,
    *,
    across: Across = "persona",
    inventory: Inventory = NOTHING_LISTED,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """For each stage and persona, question or kind how much content there is, and where none is.

    Content for no persona in particular serves everybody: it stands in a column of its own and
    leaves the holes of single personas as they are.

    Parameters
    ----------
    across
        Beside the stage: ``persona``, ``question`` or ``kind``.
    inventory, columns
        As in :func:`content_audit`.

    Returns
    -------
    DataFrame
        One row per stage and ``value``: ``stage``; ``value`` (last ``everybody``, where some
        content names none); ``n_contents`` there are, of these ``n_used``; their
        ``n_touchpoints``; ``n_people`` of that role with a touch in the stage (of personas only,
        else 0); ``is_hole`` (no content). Stages in order, values by name.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Demo"], "content": ["Guide", None],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02"])}),
    ...     definitions=Definitions((Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))))
    >>> content_coverage(log, across="kind")[["stage", "n_contents", "n_used"]].values.tolist()
    [['Attract', 1, 1], ['Nurture', 0, 0]]
    """
    return covered(log, content_audit(log, inventory=inventory, columns=columns), across=across)


def covered(log: TouchpointLog, audit: pd.DataFrame, *, across: Across) -> pd.DataFrame:
    """The coverage that an audit of the same log shows, as by :func:`content_coverage`."""
    roles = roles_of(log.store) if across == "persona" else ()
    people = _people_in_stages(log)
    told = [_parted(value) for value in audit[across]]
    found = sorted({*(value for values in told for value in values), *roles} - {EVERYBODY})
    values = [*found, *([EVERYBODY] if [EVERYBODY] in told else [])]
    is_named = {value: np.array([value in one for one in told], dtype=bool) for value in values}
    n_journeys, n_touchpoints = (
        audit[name].to_numpy(np.int64) for name in ("n_journeys", "n_touchpoints")
    )
    rows: list[dict[str, Any]] = []
    for place, stage in enumerate(log.definitions.stage_names):
        is_there = (audit["stage"] == stage).to_numpy()
        for value in values:
            mine = np.flatnonzero(is_there & is_named[value])
            n_people = int(people[place, roles.index(value)]) if value in roles else 0
            rows.append(
                {
                    "stage": stage,
                    "value": value,
                    "n_contents": len(mine),
                    "n_used": int((n_journeys[mine] > 0).sum()),
                    "n_touchpoints": int(n_touchpoints[mine].sum()),
                    "n_people": n_people,
                    "is_hole": not len(mine) and value != EVERYBODY,
                }
            )
    return pd.DataFrame(rows, columns=list(COVERAGE_COLUMNS))


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """The audit with what is idle named, most used first."""
    judged = frame.assign(status=_statuses(frame))
    order = ["n_journeys", "content"]
    ranked = judged.sort_values(order, ascending=[False, True], ignore_index=True)
    texts = ["stage", "persona", "question", "kind", "published_at"]
    return none_for_missing(ranked[list(AUDIT_COLUMNS)], texts)


def _audited(
    log: TouchpointLog,
    inventory: Inventory,
    columns: Sequence[str] | None,
    next_days: float,
    idle_days: float,
) -> pd.DataFrame:
    """Every content that was used or is listed, in no order."""
    columns = columns or content_columns(log)
    names = list(naming_of(log.store, columns).names)
    tally = _tally(log, columns, next_days)
    used = _used_frame(log, tally, inventory, names)
    known = set(used["content"])
    listed = inventory.published_by(log.as_of)
    unused = [_unused_row(entry) for entry in listed.entries if entry.content not in known]
    frame = pd.concat([used, pd.DataFrame(unused)], ignore_index=True) if unused else used
    # What lies idle in a view may be busy elsewhere: all of the log is judged.
    of_all = log.once(_tally_of_all, tuple(columns), next_days) if log.steps else tally
    is_dead = _are_dead(of_all, log, idle_days)
    dead = {name for name, flag in zip(names, is_dead, strict=True) if flag}
    # What the log names was used in it, though perhaps later or not in what is in view.
    elsewhere = set(names) if log.steps or log.until is not None else known
    return frame.assign(
        is_orphaned=[name not in elsewhere for name in frame["content"]],
        is_dead=[name in dead for name in frame["content"]],
        n_people=_people(log, columns, names, frame["content"].tolist()),
        is_listed=[name in inventory.by_content for name in frame["content"]],
    )


def _parted(value: Any) -> list[str]:
    """The personas, questions or kinds that a cell names."""
    if pd.isna(value):
        return [EVERYBODY]
    return [part.strip() for part in str(value).split(SEVERAL.strip()) if part.strip()]


def _tally(log: TouchpointLog, columns: Sequence[str], next_days: float) -> Tally:
    n, n_stages = len(naming_of(log.store, columns).names), len(log.definitions.stages)
    window = next_days * log.ticks_per_day
    question = partial(count_uses, columns=tuple(columns), window=window, as_of=log.as_of_tick)
    none, by_stage = np.zeros(n, np.int64), np.zeros((n, n_stages), np.int64)
    whole = Tally(
        n_touchpoints=none,
        n_journeys=none,
        n_decided=by_stage,
        n_won=by_stage,
        stages=np.zeros((n, n_stages + 1), np.int64),
        roles=np.zeros((n, len(roles_of(log.store)) + 1), np.int64),
        n_judged=none,
        n_went_on=none,
        first_ticks=np.full(n, np.iinfo(np.int64).max),
        last_ticks=np.full(n, np.iinfo(np.int64).min),
    )
    for tally in log.ask_with_facts(question):
        whole = whole.plus(tally)
    return whole


def _tally_of_all(log: TouchpointLog, columns: Sequence[str], next_days: float) -> Tally:
    return _tally(replace(log, steps=()), columns, next_days)


def _used_frame(
    log: TouchpointLog, tally: Tally, inventory: Inventory, names: list[str]
) -> pd.DataFrame:
    """What is known of every content that was used."""
    stages, roles = log.definitions.stage_names, roles_of(log.store)
    known = np.flatnonzero(tally.n_touchpoints)
    entries = [inventory.by_content.get(names[code], Entry(names[code])) for code in known]
    places = [
        stages.index(entry.stage) if entry.stage in stages else _most(tally.stages[code])
        for entry, code in zip(entries, known, strict=True)
    ]
    told = [
        replace(
            entry,
            stage=entry.stage or (None if place < 0 else stages[place]),
            persona=entry.persona or _main_roles(tally.roles[code], roles),
        )
        for entry, place, code in zip(entries, places, known, strict=True)
    ]
    went_on, next_low, next_high = wilson(tally.n_went_on[known], tally.n_judged[known])
    return pd.DataFrame(
        {
            **{
                name: pd.Series([getattr(entry, name) for entry in told], dtype=object)
                for name in Entry.__dataclass_fields__
            },
            "n_touchpoints": tally.n_touchpoints[known],
            "n_journeys": tally.n_journeys[known],
            "first_at": instants(log.store, tally.first_ticks[known]),
            "last_at": instants(log.store, tally.last_ticks[known]),
            "idle_days": (log.as_of_tick - tally.last_ticks[known]) / log.ticks_per_day,
            **_wins(log, tally, known, np.array(places, np.int64)),
            "n_judged": tally.n_judged[known],
            "next_stage_rate": went_on,
            "next_low": next_low,
            "next_high": next_high,
        }
    )


def _wins(log: TouchpointLog, tally: Tally, known: Ints, places: Ints) -> dict[str, Any]:
    """Won with each content and without, of those that reached its stage first (-1: none)."""
    shape = 2, len(log.definitions.stages)
    decided, won = sum(log.ask_with_facts(count_decided), np.zeros(shape, np.int64))
    has_stage, has_rule = places >= 0, bool(log.definitions.won)
    n_decided = np.where(has_stage, tally.n_decided[known, places], 0)
    n_won = np.where(has_stage, tally.n_won[known, places], 0)
    n_without = np.where(has_stage, decided[places] - n_decided, 0)
    rate, low, high = wilson(n_won, n_decided)
    without = wilson(np.where(has_stage, won[places] - n_won, 0), n_without)[0]
    rates = {"win_rate": rate, "low": low, "high": high, "without_rate": without}
    known_rates = {name: np.where(has_rule, one, np.nan) for name, one in rates.items()}
    return {"n_decided": n_decided, "n_without": n_without, **known_rates}


def _unused_row(entry: Entry) -> dict[str, Any]:
    """A content that is listed and was never used."""
    counts = ("n_touchpoints", "n_journeys", "n_decided", "n_without", "n_judged")
    return {
        **{name: getattr(entry, name) for name in ("content", "stage", "persona", "question")},
        **{name: getattr(entry, name) for name in ("kind", "published_at")},
        **dict.fromkeys(counts, 0),
    }


def _most(counts: Ints) -> int:
    """The place of the largest count; -1 where all stand in the last, which means not known."""
    named = counts[:-1]
    return int(named.argmax()) if named.any() else -1


def _main_roles(counts: Ints, roles: Sequence[str]) -> str | None:
    """Roles with a tenth of a content's touches by known roles or more, most first."""
    least = max(LEAST_ROLE_SHARE * counts[:-1].sum(), 1)
    order = np.argsort(-counts[:-1], kind="stable")
    return SEVERAL.join(str(roles[place]) for place in order if counts[place] >= least) or None


def _people(
    log: TouchpointLog, columns: Sequence[str], names: list[str], contents: Sequence[str]
) -> list[int]:
    """How many people used each content, a person once whatever the shard."""
    question = partial(people_by_content, columns=tuple(columns))
    found: Counter[str] = Counter()
    merge = partial(count_first, n_second=n_people(log.store))
    for codes, counts in log.ask_in_buckets(question, merge):
        for code, n in zip(codes.tolist(), counts.tolist(), strict=True):
            found[str(names[code])] += n
    return [found[name] for name in contents]


def _people_in_stages(log: TouchpointLog) -> Ints:
    """How many people of each role (last: not known) had a touch in each stage."""
    shape = len(log.definitions.stages), len(roles_of(log.store)) + 1
    roles, people = role_codes(log.store), n_people(log.store)
    merge = partial(count_roles, role_of=roles, shape=shape, n_people=people)
    answers = log.ask_in_buckets_with_facts(people_by_stage, merge)
    return sum(answers, np.zeros(shape, np.int64))


def _are_dead(tally: Tally, log: TouchpointLog, idle_days: float) -> npt.NDArray[np.bool_]:
    """Which contents were used too long ago, or let nobody go on, by code."""
    used = tally.n_touchpoints > 0
    last = np.where(used, tally.last_ticks, log.as_of_tick)
    is_idle = (log.as_of_tick - last) / log.ticks_per_day > idle_days
    nobody = (tally.n_judged >= SMALL_SAMPLE) & (tally.n_went_on == 0)
    return is_idle | nobody


def _statuses(frame: pd.DataFrame) -> list[str]:
    # Of no rows a column has no type of its own.
    kinds = [frame[name].astype(bool) for name in ("is_orphaned", "is_dead")]
    kinds.append(frame["n_touchpoints"] == 0)
    return np.select(kinds, [ORPHANED, DEAD, NOT_IN_VIEW], IN_USE).tolist()
