"""Programmes as paths: the steps of a sequence of messages, who went on, and where people leave."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.scores.milestones import types_meaning
from journey.facts import ShardFacts
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

WAITING_DAYS: Final = 30.0
"""Who got a step later than so many days before ``as_of`` may still get the next."""

_COUNTS: Final = (
    *("n_people", "n_opened", "n_clicked", "n_unsubscribed", "n_went_on", "n_waiting"),
)


@dataclass(frozen=True, eq=False)
class _Mail:
    """Which types are messages sent, opened and clicked, and which end them."""

    sent: Flags
    opened: Flags
    clicked: Flags
    unsubscribed: Flags
    n_contents: int


def nurture_programmes(log: TouchpointLog) -> pd.DataFrame:
    """The steps of each programme in order, and where people leave it.

    A programme is a campaign that sends messages, a step one content of it; steps are in the
    order in which people first get them. A person counts once in each journey.

    Returns
    -------
    DataFrame
        One row per campaign and step: ``campaign``, ``step`` (from 1), ``content``, ``n_people``
        that were sent it, ``n_opened`` and ``n_clicked`` of these, ``n_unsubscribed`` (after it
        and before another message of the programme), ``n_went_on`` (were sent a later step after
        it), ``n_waiting`` (sent it in the last 30 days and nothing after), ``n_left`` (neither),
        ``left_rate`` (of those not waiting) with its 95 % Wilson interval ``low``, ``high`` (these
        four missing for the last step, which ends it) and ``is_leak`` (where a programme of
        several steps loses most, among 30 or more). By people of the first step, largest
        programme first. No rows where no message sent has a campaign and a content.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "z"], "campaign": ["Guide"] * 3 + [None],
    ...     "content": ["One", "Two", "One", None], "touchpoint": ["E-mail sent"] * 3 + ["Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-01-01", "2026-05-01"])
    ... }))
    >>> found = nurture_programmes(log)  # b was never sent the second
    >>> found[["content", "n_people", "n_went_on", "n_left"]].values.tolist()
    [['One', 2, 1, 1], ['Two', 1, 0, <NA>]]
    """
    columns = log.store.text_columns
    if not {"campaign", "content"} <= set(columns):
        return _framed(log, pd.DataFrame(columns=["place", "rank", *_COUNTS], dtype=np.int64))
    mail = _Mail(
        types_meaning(log.store, log.definitions, "sent"),
        types_meaning(log.store, log.definitions, "opened"),
        types_meaning(log.store, log.definitions, "clicked"),
        types_meaning(log.store, log.definitions, "unsubscribed"),
        len(log.store.dictionaries["content"]),
    )
    ranks = pd.concat(log.ask(partial(_ranked, mail=mail)) or [pd.DataFrame()])
    order = _order(ranks)
    late = log.as_of_tick - round(WAITING_DAYS * log.ticks_per_day)
    answers = log.ask(partial(_followed, mail=mail, order=order, late=late))
    nothing = pd.DataFrame(columns=["place", *_COUNTS], dtype=np.int64)
    counted = pd.concat([nothing, *answers]).groupby("place")[list(_COUNTS)].sum()
    return _framed(log, counted.join(order.rename("rank"), how="inner").reset_index())


def _order(ranks: pd.DataFrame) -> pd.Series:
    """The step of each place of campaign and content, from 1."""
    if ranks.empty:
        return pd.Series(dtype=np.int64, index=pd.Index([], name="place"))
    sums = ranks.groupby("place")[["sum", "n", "campaign"]].agg(
        {"sum": "sum", "n": "sum", "campaign": "first"}
    )
    mean = sums["sum"] / sums["n"]
    ordered = sums.assign(mean=mean).sort_values(["campaign", "mean"], kind="stable")
    return ordered.groupby("campaign").cumcount() + 1


def _sends(view: View, mail: _Mail) -> pd.DataFrame:
    """Messages sent, the first of each step to each person: who, when, place, campaign."""
    rows = _rows(view, mail.sent)
    campaigns, contents = (view.codes(name)[rows].astype(np.int64) for name in _NAMES)
    frame = pd.DataFrame(
        {
            "who": _who(view)[rows],
            "tick": view.ticks[rows].astype(np.int64),
            "campaign": campaigns,
            "place": campaigns * mail.n_contents + contents,
        }
    )
    known = _is_known(view, "campaign", campaigns) & _is_known(view, "content", contents)
    first = frame[known].drop_duplicates(["who", "place"])
    return first.sort_values(["who", "campaign", "tick"], kind="stable", ignore_index=True)


_NAMES: Final = ("campaign", "content")


def _ranked(view: View, *, mail: _Mail) -> pd.DataFrame:
    """Of each place the sum of the positions at which people get it, and how many do."""
    sends = _sends(view, mail)
    position = sends.groupby(["who", "campaign"]).cumcount()
    told = sends.assign(sum=position, n=1).groupby(["campaign", "place"])[["sum", "n"]].sum()
    return told.reset_index()


def _followed(view: View, *, mail: _Mail, order: pd.Series, late: int) -> pd.DataFrame:
    """By place: who was sent it, went on, is waiting, opened, clicked, unsubscribed."""
    sends = _sends(view, mail)
    sends["rank"] = sends["place"].map(order)
    furthest = sends[::-1].groupby(["who", "campaign"])["rank"].cummax()[::-1]
    went_on = sends["rank"] < furthest
    counts = sends.assign(
        n_people=1,
        n_went_on=went_on.astype(int),
        n_waiting=(~went_on & (sends["tick"] >= late)).astype(int),
        n_opened=_reacted(view, sends, mail.opened, mail),
        n_clicked=_reacted(view, sends, mail.clicked, mail),
        n_unsubscribed=_unsubscribed(view, sends, mail),
    )
    return counts.groupby("place")[list(_COUNTS)].sum().reset_index()


def _reacted(view: View, sends: pd.DataFrame, is_type: Flags, mail: _Mail) -> Ints:
    """Which messages the same person opened, or clicked."""
    rows = _rows(view, is_type)
    campaigns, contents = (view.codes(name)[rows].astype(np.int64) for name in _NAMES)
    n_places = len(view.store.dictionaries["campaign"]) * mail.n_contents
    done = _who(view)[rows] * n_places + campaigns * mail.n_contents + contents
    return (sends["who"] * n_places + sends["place"]).isin(done).to_numpy().astype(np.int64)


def _unsubscribed(view: View, sends: pd.DataFrame, mail: _Mail) -> Ints:
    """Which messages were the last before their person unsubscribed.

    Of the programme that the person left, where that is told, else of all.
    """
    rows = _rows(view, mail.unsubscribed)
    campaigns = view.codes("campaign")[rows].astype(np.int64)
    ends = pd.DataFrame(
        {
            "who": _who(view)[rows],
            "left": np.where(_is_known(view, "campaign", campaigns), campaigns, -1),
            "end": view.ticks[rows].astype(np.int64),
        }
    )
    ends = ends.drop_duplicates(["who", "left"])
    known = sends.reset_index(names="row").merge(ends, on="who")
    is_meant = (known["left"] < 0) | (known["left"] == known["campaign"])
    before = known[is_meant & (known["tick"] <= known["end"])].sort_values("tick", kind="stable")
    last = before.drop_duplicates(["who", "left"], keep="last")
    flags = np.zeros(len(sends), np.int64)
    flags[last["row"].to_numpy(np.int64)] = 1
    return flags


def _rows(view: View, is_type: Flags) -> Ints:
    return np.flatnonzero(take(is_type, view.codes("touchpoint")))


def _who(view: View) -> Ints:
    """The person behind each touch in view, within the journey."""
    owners = np.repeat(np.arange(view.n_journeys), view.lengths)
    if "person_id" not in view.store.text_columns:
        return owners
    people = len(view.store.dictionaries["person_id"])
    return owners * people + view.codes("person_id").astype(np.int64)


def _is_known(view: View, column: str, codes: Ints) -> Flags:
    names = view.store.dictionaries[column]
    return codes < len(names) - names.null_count


def _framed(log: TouchpointLog, counted: pd.DataFrame) -> pd.DataFrame:
    places = counted["place"].to_numpy(np.int64)
    texts = [log.store.dictionaries[name].to_pylist() for name in _NAMES if len(places)]
    codes = np.divmod(places, len(texts[1])) if texts else (places, places)
    named = {
        name: pd.Series([texts[at][code] for code in codes[at]], dtype=object)
        for at, name in enumerate(_NAMES)
    }
    frame = counted.reset_index(drop=True).assign(step=counted["rank"].to_numpy(), **named)
    n_left = frame["n_people"] - frame["n_went_on"] - frame["n_waiting"]
    is_last = frame["step"] == frame.groupby("campaign")["step"].transform("max")
    rate, low, high = wilson(n_left, frame["n_people"] - frame["n_waiting"])
    told = {"left_rate": rate, "low": low, "high": high}
    n_left = n_left.astype("Int64").mask(is_last)
    frame = frame.assign(
        n_left=n_left, **{k: np.where(is_last, np.nan, v) for k, v in told.items()}
    )
    enough = frame["n_people"] - frame["n_waiting"] >= SMALL_SAMPLE
    worst = frame["left_rate"].where(enough).groupby(frame["campaign"]).transform("max")
    frame["is_leak"] = (frame["left_rate"] == worst) & enough & (frame["left_rate"] > 0)
    size = frame.groupby("campaign")["n_people"].transform("max")
    ordered = frame.assign(size=size).sort_values(
        ["size", "campaign", "step"], ascending=[False, True, True], ignore_index=True
    )
    head = ["campaign", "step", "content", *_COUNTS[:4], "n_went_on", "n_waiting", "n_left"]
    return ordered[[*head, *told, "is_leak"]]
