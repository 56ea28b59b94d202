"""Messages sent, and which of them were answered: each once, however often somebody clicks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.month_codes import month_names, months_of_rows
from journey.analysis.scores.milestones import types_meaning
from journey.kernels.distinct import last_before, owners_of
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.store.layout import Array, Shard, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MESSAGE: Final = ("person_id", "campaign", "content")
"""Tell a message of a journey from its others."""
MAIL: Final[tuple[Meaning, ...]] = ("sent", "opened", "clicked")


def messages_by_month(log: TouchpointLog) -> pd.DataFrame:
    """Messages sent in view by month (UTC), and those of them opened and clicked by ``as_of``.

    Returns
    -------
    DataFrame
        By ``month``, those in which a message was sent, in order; a column for each of ``sent``,
        ``opened`` and ``clicked`` that a touchpoint type means.
    """
    is_type: dict[Meaning, Flags] = {
        meaning: types_meaning(log.store, log.definitions, meaning) for meaning in MAIL
    }
    answers = log.ask(partial(_by_month, is_type=is_type, until=end_of(log)))
    codes = np.concatenate([np.empty(0, np.int64), *(months for months, _ in answers)])
    months, places = np.unique(codes, return_inverse=True)
    counts = np.zeros((len(months), len(MAIL)), np.int64)
    np.add.at(counts, places, np.concatenate([counts[:0], *(n for _, n in answers)]))
    frame = pd.DataFrame(counts, pd.Index(month_names(months), name="month"), list(MAIL))
    return frame[[meaning for meaning in MAIL if is_type[meaning].any()]]


def end_of(log: TouchpointLog) -> int:
    """The instant before which answers count: the end that was asked for, else later than all."""
    return 2**62 if log.until is None else log.until


def answered(view: View, rows: Ints, is_sent: Flags, is_answer: Flags, until: int) -> Flags:
    """Which of some touches in view are messages answered before an instant, in view or not.

    An answer is to the last message sent before it in the journey: of the same campaign and
    content, else of the same campaign, else, where it names none, of any. Where it tells by whom
    it is, it is to one sent to that person, else to one that names nobody: many tools log sends
    by account or by list. An answer by nobody may be to any.
    """
    name = "answered at", is_sent.tobytes(), is_answer.tobytes()
    make = partial(_answered_at, view.store, view.shard, is_sent, is_answer)
    found = view.told_of_rows(name, make, rows)
    return found < min(until, _never(found))


def _by_month(view: View, *, is_type: Mapping[Meaning, Flags], until: int) -> tuple[Ints, Ints]:
    """The months in which messages of a shard in view were sent; all, opened and clicked."""
    sent, *answers = (is_type[meaning] for meaning in MAIL)
    rows = np.flatnonzero(take(frozen(sent), view.codes("touchpoint")))
    told = [np.ones(len(rows), bool), *(answered(view, rows, sent, one, until) for one in answers)]
    months = months_of_rows(view, rows).astype(np.int64)
    first = months.min() if len(months) else 0
    n_months = months.max() - first + 1 if len(months) else 0
    counts = [np.bincount(months[flags] - first, minlength=n_months) for flags in told]
    found = np.flatnonzero(counts[0])
    return first + found, np.stack(counts, axis=1)[found]


def _answered_at(store: Store, shard: Shard, is_sent: Flags, is_answer: Flags) -> Array:
    """When each touch of a shard was first answered, later than any instant where it never was."""
    found = np.full(shard.n_touchpoints, _never(shard.ticks), shard.ticks.dtype)
    types = shard.codes["touchpoint"]
    rows = np.flatnonzero((is_sent | is_answer)[types])
    sent, answers = frozen(is_sent[types[rows]]), is_answer[types[rows]]
    by_nobody, of_none = (_names_none(store, shard, rows, name) for name in MESSAGE[:2])
    to_person = partial(_numbers, store, shard, rows, MESSAGE), sent
    to_nobody = partial(_numbers, store, shard, rows, MESSAGE[1:]), frozen(sent & by_nobody)
    to_any = to_nobody[0], sent
    for asked, ways in (
        (answers & ~by_nobody, (to_person, to_nobody)),
        (answers & by_nobody, (to_any,)),
    ):
        if asked.any():
            before = _message_before(ways, of_none)
            is_told = asked & (before >= 0)
            np.minimum.at(found, rows[before[is_told]], shard.ticks[rows[is_told]])
    return frozen(found)


def _message_before(ways: Sequence[tuple[Callable[[], list[Ints]], Flags]], of_none: Flags) -> Ints:
    """The place of the message that each touch would answer, -1 where there is none.

    Of the messages of each way the last before it: of one campaign and content by the first way
    that has one, else of one campaign, else, where the touch names none, of any.
    """
    found = np.full(len(of_none), -1, np.int64)
    told = [(numbers()[-3:], is_sent) for numbers, is_sent in ways if is_sent.any()]
    for level, may in ((-1, True), (-2, True), (-3, of_none)):
        for numbers, is_sent in told:
            found = np.where((found < 0) & may, last_before(numbers[level], is_sent), found)
    return found


def _numbers(store: Store, shard: Shard, rows: Ints, columns: Sequence[str]) -> list[Ints]:
    """Of some touches of a shard the journey, then with it what each column says, as one number."""
    found = [frozen(owners_of(frozen(rows), shard.offsets))]
    for name in columns:
        numbers = found[-1]
        if name in store.text_columns:
            pairs = numbers * len(store.dictionaries[name]) + store.codes(shard, name)[rows]
            numbers = frozen(pd.factorize(pairs)[0])
        found.append(numbers)
    return found


def _names_none(store: Store, shard: Shard, rows: Ints, column: str) -> Flags:
    if column not in store.text_columns:
        return np.ones(len(rows), dtype=bool)
    names = store.dictionaries[column]
    return store.codes(shard, column)[rows] >= len(names) - names.null_count


def _never(ticks: Array) -> int:
    return int(np.iinfo(ticks.dtype).max)
