"""Programmes as paths: the steps of a sequence of messages, who went on, and where people leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.lifecycle.messages import answered, end_of
from journey.analysis.scores.milestones import types_meaning
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

WAITING_DAYS: Final = 30.0
"""Who got a step later than so many days before ``as_of`` may still get the next."""

_COUNTS: Final = (
    *("n_people", "n_opened", "n_clicked", "n_unsubscribed", "n_went_on", "n_waiting"),
)
_NAMES: Final = ("campaign", "content")


@dataclass(frozen=True, eq=False)
class _Mail:
    """Which types are messages sent, opened and clicked, and which end them.

    Messages are opened and clicked where they are before ``until``.
    """

    sent: Flags
    opened: Flags
    clicked: Flags
    unsubscribed: Flags
    until: int
    n_contents: int


@dataclass(frozen=True, eq=False)
class _Sends:
    """Messages sent, the first of each step to each person, by person, campaign and time.

    ``places`` are steps: the code of the campaign times the number of contents, plus that of the
    content. ``groups`` number the person's campaigns. ``rows`` are all messages in view, each the
    first or one more of ``of_rows``.
    """

    who: Ints
    campaigns: Ints
    places: Ints
    ticks: Ints
    groups: Ints
    rows: Ints
    of_rows: Ints


@dataclass(frozen=True, eq=False)
class _Order:
    """Steps in the order of their places, and which in its programme each is, from 1."""

    places: Ints
    ranks: Ints


def nurture_programmes(log: TouchpointLog) -> pd.DataFrame:
    """The steps of each programme in order, and where people leave it.

    A programme is a campaign that sends messages, a step one content of it; steps are in the
    order in which people first get them. A person counts once in each journey.

    Returns
    -------
    DataFrame
        One row per campaign and step: ``campaign``, ``step`` (from 1), ``content``, ``n_people``
        that were sent it, ``n_opened`` and ``n_clicked`` of these (by ``as_of``, as in
        :func:`nurture_metrics`), ``n_unsubscribed`` (after it and before another message of the
        programme), ``n_went_on`` (were sent a later step after it), ``n_waiting`` (sent it in the
        last 30 days and nothing after), ``n_left`` (neither),
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
    if not set(_NAMES) <= set(columns):
        none = np.empty(0, np.int64)
        return _framed(log, _Order(none, none), np.zeros((len(_COUNTS), 0), np.int64))
    mail = _Mail(
        types_meaning(log.store, log.definitions, "sent"),
        types_meaning(log.store, log.definitions, "opened"),
        types_meaning(log.store, log.definitions, "clicked"),
        types_meaning(log.store, log.definitions, "unsubscribed"),
        end_of(log),
        len(log.store.dictionaries["content"]),
    )
    order = _order(log.ask(partial(_ranked, mail=mail)), mail)
    late = log.as_of_tick - round(WAITING_DAYS * log.ticks_per_day)
    answers = log.ask(partial(_followed, mail=mail, order=order, late=late))
    return _framed(log, order, sum(answers, np.zeros((len(_COUNTS), len(order.places)), np.int64)))


def _order(ranked: Sequence[tuple[Ints, Ints, Ints]], mail: _Mail) -> _Order:
    """The order of steps by the mean position at which people get each."""
    none = (np.empty(0, np.int64),) * 3
    told, *counts = (np.concatenate(column) for column in zip(none, *ranked, strict=True))
    places, at = np.unique(told, return_inverse=True)
    positions, n = (np.bincount(at, count, len(places)) for count in counts)
    campaigns = places // mail.n_contents
    ordered = np.lexsort((positions / n, campaigns))
    ranks = np.empty(len(places), np.int64)
    ranks[ordered] = _positions(campaigns[ordered]) + 1
    return _Order(frozen(places), frozen(ranks))


def _positions(groups: Ints) -> Ints:
    """The place of each in its group; groups lie one after the other."""
    is_first = np.append(True, groups[1:] != groups[:-1])[: len(groups)]
    begins = np.flatnonzero(is_first)
    return np.arange(len(groups)) - np.repeat(begins, np.diff(np.append(begins, len(groups))))


def _sends(view: View, mail: _Mail) -> _Sends:
    rows = _rows(view, mail.sent)
    campaigns, contents = (view.codes_of_rows(name, rows).astype(np.int64) for name in _NAMES)
    known = _is_known(view, "campaign", campaigns) & _is_known(view, "content", contents)
    rows, campaigns, contents = rows[known], campaigns[known], contents[known]
    who, places = _who(view, rows), campaigns * mail.n_contents + contents
    # Numbered as they come, which is in order of time for each person.
    messages, _ = pd.factorize(who * _n_places(view, mail) + places)
    first = np.flatnonzero(np.diff(np.maximum.accumulate(messages), prepend=-1))
    n_campaigns = len(view.store.dictionaries["campaign"])
    order = np.argsort(who[first] * n_campaigns + campaigns[first], kind="stable")
    at = np.empty_like(order)
    at[order] = np.arange(len(order))
    chosen = first[order]
    who, campaigns = who[chosen], campaigns[chosen]
    is_new = (who[1:] != who[:-1]) | (campaigns[1:] != campaigns[:-1])
    groups = np.append(0, np.cumsum(is_new))[: len(who)]
    ticks = view.ticks[rows[chosen]].astype(np.int64)
    return _Sends(who, campaigns, places[chosen], ticks, groups, rows, at[messages])


def _ranked(view: View, *, mail: _Mail) -> tuple[Ints, Ints, Ints]:
    """Of each place the sum of the positions at which people get it, and how many do."""
    sends = _sends(view, mail)
    places, at = np.unique(sends.places, return_inverse=True)
    positions = np.bincount(at, _positions(sends.groups), len(places)).astype(np.int64)
    return places, positions, np.bincount(at, minlength=len(places))


def _followed(view: View, *, mail: _Mail, order: _Order, late: int) -> Ints:
    """By place how many were sent it, opened, clicked, unsubscribed, went on, are waiting."""
    sends = _sends(view, mail)
    at = np.searchsorted(order.places, sends.places)
    went_on = order.ranks[at] < _furthest(order.ranks[at], sends.groups)
    flags = (
        np.ones(len(at), dtype=bool),
        _reacted(view, sends, mail.opened, mail),
        _reacted(view, sends, mail.clicked, mail),
        _unsubscribed(view, sends, mail),
        went_on,
        ~went_on & (sends.ticks >= late),
    )
    return np.stack([np.bincount(at[flag], minlength=len(order.places)) for flag in flags])


def _furthest(ranks: Ints, groups: Ints) -> Ints:
    """The highest rank from each on, within its group."""
    # Ranks of earlier groups lie above all those of later ones, so that one run serves all.
    floors = (groups.max(initial=0) - groups) * (ranks.max(initial=0) + 1)
    return np.maximum.accumulate((ranks + floors)[::-1])[::-1] - floors


def _reacted(view: View, sends: _Sends, is_type: Flags, mail: _Mail) -> Flags:
    """Which messages were answered, whichever time they were sent."""
    flags = np.zeros(len(sends.who), dtype=bool)
    is_answered = answered(view, sends.rows, mail.sent, is_type, mail.until)
    flags[sends.of_rows[is_answered]] = True
    return flags


def _unsubscribed(view: View, sends: _Sends, mail: _Mail) -> Flags:
    """Which messages were the last before their person unsubscribed.

    Of the programme that the person left, where that is told, else of all.
    """
    rows = _rows(view, mail.unsubscribed)
    campaigns = view.codes_of_rows("campaign", rows).astype(np.int64)
    who, left = _who(view, rows), np.where(_is_known(view, "campaign", campaigns), campaigns, -1)
    _, first = np.unique(who * (len(view.store.dictionaries["campaign"]) + 1) + left + 1, True)
    who, left, ends = who[first], left[first], view.ticks[rows[first]].astype(np.int64)
    # Where nothing was sent to them by name, what was sent to nobody in particular was theirs.
    who = np.where(np.isin(who, sends.who), who, _nobody_beside(view, who))
    begins = np.searchsorted(sends.who, who)
    n_sent = np.searchsorted(sends.who, who, side="right") - begins
    # Every message to each of them, beside the end it may be the last before.
    end = np.repeat(np.arange(len(who)), n_sent)
    sent = np.arange(len(end)) + np.repeat(begins - np.cumsum(n_sent) + n_sent, n_sent)
    is_meant = (left[end] < 0) | (left[end] == sends.campaigns[sent])
    is_before = is_meant & (sends.ticks[sent] <= ends[end])
    end, sent = end[is_before], sent[is_before]
    order = np.lexsort((sends.ticks[sent], end))
    is_last = np.append(end[order][1:] != end[order][:-1], True)[: len(end)]
    flags = np.zeros(len(sends.who), dtype=bool)
    flags[sent[order][is_last]] = True
    return flags


def _rows(view: View, is_type: Flags) -> Ints:
    return np.flatnonzero(take(is_type, view.codes("touchpoint")))


def _n_places(view: View, mail: _Mail) -> int:
    return len(view.store.dictionaries["campaign"]) * mail.n_contents


def _who(view: View, rows: Ints) -> Ints:
    """The person behind some touches in view, within the journey."""
    owners = owners_of(frozen(rows), view.offsets)
    if "person_id" not in view.store.text_columns:
        return owners
    people = len(view.store.dictionaries["person_id"])
    return owners * people + view.codes_of_rows("person_id", rows).astype(np.int64)


def _nobody_beside(view: View, who: Ints) -> Ints:
    """Nobody in particular, in the journeys that some people are in."""
    if "person_id" not in view.store.text_columns:
        return who
    names = view.store.dictionaries["person_id"]
    n_known = len(names) - names.null_count
    return who - who % len(names) + n_known if names.null_count else who


def _is_known(view: View, column: str, codes: Ints) -> Flags:
    names = view.store.dictionaries[column]
    return codes < len(names) - names.null_count


def _framed(log: TouchpointLog, order: _Order, counts: Ints) -> pd.DataFrame:
    """Steps with their names and shares, largest programme first."""
    texts = [log.store.dictionaries[name].to_pylist() for name in _NAMES if len(order.places)]
    codes = np.divmod(order.places, len(texts[1])) if texts else (order.places, order.places)
    names = [[text[code] for code in of] for text, of in zip(texts, codes, strict=False)]
    _, programme, n_steps = np.unique(codes[0], return_inverse=True, return_counts=True)
    columns: dict[str, Any] = dict(zip(_COUNTS, counts, strict=True))
    n_told = columns["n_people"] - columns["n_waiting"]
    n_left = n_told - columns["n_went_on"]
    is_last = order.ranks == n_steps[programme]
    rate, low, high = (np.where(is_last, np.nan, one) for one in wilson(n_left, n_told))
    counts_most = np.where((n_told >= SMALL_SAMPLE) & (rate > 0), rate, 0.0)
    worst, size = np.zeros(len(n_steps)), np.zeros(len(n_steps), np.int64)
    np.maximum.at(worst, programme, counts_most)
    np.maximum.at(size, programme, columns["n_people"])
    columns |= dict(
        zip(_NAMES, (pd.Series(name, dtype=object) for name in names or ([], [])), strict=True)
    )
    columns |= {"step": order.ranks, "n_left": pd.array(n_left, "Int64"), "left_rate": rate}
    columns |= {"low": low, "high": high, "is_leak": (counts_most > 0) & (rate == worst[programme])}
    columns["n_left"][is_last] = pd.NA
    head = ("campaign", "step", "content", *_COUNTS, "n_left", "left_rate", "low", "high")
    frame = pd.DataFrame({name: columns[name] for name in (*head, "is_leak")})
    rows = zip((-size[programme]).tolist(), columns["campaign"], order.ranks.tolist(), strict=True)
    ordered = sorted(range(len(frame)), key=list(rows).__getitem__)
    return frame.take(ordered).reset_index(drop=True)
