"""Content by how it engages, and by what follows."""

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.lifecycle.lived import Lived, Part, Span, is_by_customer, span_between
from journey.kernels.uses import count_engagement
from journey.log import TouchpointLog
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]

_COUNTS: Final = (
    *("n_shown", "n_engaged", "n_journeys", "n_before_mql", "n_mql_after", "n_decided", "n_won"),
)

_NO_PAIRS: Final = np.empty(0, np.int64)


def content_engagement(log: TouchpointLog) -> pd.DataFrame:
    """Each piece of content: how often it was shown and taken up, and what followed.

    What follows need not follow from it.

    Returns
    -------
    DataFrame
        One row per content: ``content``; ``n_shown`` and ``n_engaged`` (touchpoints in view shown
        to somebody, and done by somebody); ``n_journeys`` that engaged with it; of these
        ``n_before_mql`` (no MQL yet, when they first did), ``n_mql_after`` (MQL later),
        ``mql_rate`` (of these) with its 95 % Wilson interval ``low``, ``high``; ``n_decided``
        (over, and not by then), ``n_won`` of these, ``win_rate``; ``next_touchpoint``
        (the commonest type after it in the journey; None: nothing followed) and ``next_share``
        (of the touches that followed). By ``n_journeys``, largest first. No rows where touches
        name no content.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Read", "MQL", "Read"],
    ...     "content": ["Guide", None, "Guide"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-01"])}))
    >>> found = content_engagement(log)[["content", "n_before_mql", "n_mql_after", "mql_rate"]]
    >>> found.values.tolist()
    [['Guide', 2, 1, 0.5]]
    """
    dictionary = log.store.dictionaries.get("content")
    names = [] if dictionary is None else dictionary.drop_null().to_pylist()
    span = span_between(log, -(2**62), 2**62)
    counts = np.zeros((len(names), len(_COUNTS)), np.int64)
    pairs, n_pairs = [_NO_PAIRS], [_NO_PAIRS]
    for counted, *followed in log.ask_with_facts(partial(_engaged, span=span)) if names else ():
        counts += counted
        pairs.append(followed[0])
        n_pairs.append(followed[1])
    found = np.flatnonzero(counts[:, :2].any(axis=1))
    following = _commonest(np.concatenate(pairs), np.concatenate(n_pairs), log, len(names))
    return _framed(log, [names[code] for code in found], counts[found], following[:, found])


def _commonest(pairs: Ints, n_pairs: Ints, log: TouchpointLog, n_contents: int) -> Ints:
    """By content the type that comes after it most often, how often, and how often any does."""
    kinds = len(log.store.touchpoint_types)
    at, distinct = pd.factorize(pairs, sort=True)
    n = np.bincount(at, n_pairs, len(distinct)).astype(np.int64)
    content, kind = np.divmod(distinct, max(kinds, 1))
    # The last one written stands: the most frequent, of several the first type.
    order = np.lexsort((-kind, n))
    top = np.zeros((3, n_contents), np.int64)
    top[0, content[order]], top[1, content[order]] = kind[order], n[order]
    np.add.at(top[2], content, n)
    return top


def _engaged(part: Part, *, span: Span) -> tuple[Ints, Ints, Ints]:
    """Counts by content, the pairs of content and the type that follows, and how often each."""
    lived, (view, facts) = Lived(part, span), part
    names, evidence = view.store.dictionaries["content"], facts.view
    counts, following = count_engagement(
        view.codes("content"),
        frozen(is_by_customer(view)),
        facts.rows_in(view),
        view.offsets,
        view.journeys,
        evidence.types,
        frozen(facts.last_rows),
        frozen(lived.passed("mql")),
        facts.end_rows,
        facts.outcomes,
        len(names) - names.null_count,
        len(view.store.touchpoint_types),
    )
    at, pairs = pd.factorize(following[following >= 0], sort=True)
    return counts, pairs, np.bincount(at, minlength=len(pairs))


def _framed(
    log: TouchpointLog, contents: list[str | None], counts: Ints, following: Ints
) -> pd.DataFrame:
    frame = pd.DataFrame(counts, columns=list(_COUNTS))
    kinds, (top, n_next, n_following) = log.store.touchpoint_types, following
    rate, low, high = wilson(frame["n_mql_after"], frame["n_before_mql"])
    nexts = [kinds[code] if n else None for code, n in zip(top, n_next, strict=True)]
    frame = frame.assign(
        content=pd.Series(contents, dtype=object),
        mql_rate=rate,
        low=low,
        high=high,
        win_rate=wilson(frame["n_won"], frame["n_decided"])[0],
        next_touchpoint=pd.Series(nexts, dtype=object),
        next_share=wilson(n_next, n_following)[0],
    )
    ordered = frame.sort_values(
        ["n_journeys", "content"], ascending=[False, True], ignore_index=True
    )
    head = ["content", *_COUNTS[:5], "mql_rate", "low", "high", "n_decided", "n_won", "win_rate"]
    return ordered[[*head, "next_touchpoint", "next_share"]]
