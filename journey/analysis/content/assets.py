"""Content by how it engages, and by what follows."""

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.lifecycle.lived import Lived, Part, Span, is_by_customer, span_between
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog

Ints = npt.NDArray[np.int64]

_COUNTS: Final = (
    *("n_shown", "n_engaged", "n_journeys", "n_before_mql", "n_mql_after", "n_decided", "n_won"),
)


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
    answers: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    if "content" in log.store.text_columns:
        span = span_between(log, -(2**62), 2**62)
        answers = log.ask_with_facts(partial(_engaged, span=span))
    nothing = pd.DataFrame(columns=["content", *_COUNTS], dtype=np.int64)
    counts = pd.concat([nothing, *(one[0] for one in answers)])
    following = pd.concat([pd.DataFrame(), *(one[1] for one in answers)])
    return _framed(log, counts.groupby("content")[list(_COUNTS)].sum(), following)


def _engaged(part: Part, *, span: Span) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts by content, and by content and the type that follows."""
    lived, (view, facts) = Lived(part, span), part
    names = view.store.dictionaries["content"]
    codes = view.codes("content").astype(np.int64)
    known = codes < len(names) - names.null_count
    owners = np.repeat(view.journeys, view.lengths)
    told = pd.DataFrame({"content": codes, "owner": owners, "row": facts.rows_in(view)})
    told["n_engaged"] = is_by_customer(view).astype(int)
    told["n_shown"] = 1 - told["n_engaged"]
    told = told[known]
    touches = told.groupby("content")[["n_shown", "n_engaged"]].sum()
    first = told[told["n_engaged"] > 0].drop_duplicates(["content", "owner"])
    owner, row = first["owner"].to_numpy(), first["row"].to_numpy()
    mql, outcome = lived.passed("mql")[owner], facts.outcomes[owner]
    was_open = (outcome <= NO_DECISION) & (row < facts.end_rows[owner])
    journeys = first[["content"]].assign(
        n_journeys=1,
        n_before_mql=((mql < 0) | (mql > row)).astype(int),
        n_mql_after=(mql > row).astype(int),
        n_decided=was_open.astype(int),
        n_won=(was_open & (outcome == WON)).astype(int),
    )
    counts = touches.join(journeys.groupby("content").sum()).fillna(0).reset_index()
    return counts, _following(lived, told[told["n_engaged"] > 0])


def _following(lived: Lived, told: pd.DataFrame) -> pd.DataFrame:
    """How often each type follows directly on each content."""
    after = told["row"].to_numpy() + 1
    follows = after < lived.evidence.offsets[1:][told["owner"].to_numpy()]
    types = lived.evidence.codes("touchpoint")[after[follows]].astype(np.int64)
    pairs = told[["content"]][follows].assign(type=types, n=1)
    return pairs.groupby(["content", "type"])["n"].sum().reset_index()


def _framed(log: TouchpointLog, counts: pd.DataFrame, following: pd.DataFrame) -> pd.DataFrame:
    frame = counts[list(_COUNTS)].astype(np.int64)
    names = log.store.dictionaries["content"].to_pylist() if len(frame) else []
    kinds = log.store.touchpoint_types
    rate, low, high = wilson(frame["n_mql_after"], frame["n_before_mql"])
    frame = frame.assign(
        mql_rate=rate,
        low=low,
        high=high,
        win_rate=wilson(frame["n_won"], frame["n_decided"])[0],
        next_touchpoint=None,
        next_share=np.nan,
        content=pd.Series([names[int(code)] for code in frame.index], frame.index, dtype=object),
    )
    if len(following):
        summed = following.groupby(["content", "type"])["n"].sum().reset_index()
        total = summed.groupby("content")["n"].sum()
        top = summed.sort_values(["n", "type"], ascending=[False, True]).drop_duplicates("content")
        top = top.set_index("content").reindex(frame.index)
        has = top["type"].notna()
        frame["next_touchpoint"] = [
            kinds[int(code)] if known else None
            for code, known in zip(top["type"].fillna(0), has, strict=True)
        ]
        frame["next_share"] = top["n"] / total.reindex(frame.index)
    ordered = frame.reset_index(drop=True).sort_values(
        ["n_journeys", "content"], ascending=[False, True], ignore_index=True
    )
    head = ["content", *_COUNTS[:5], "mql_rate", "low", "high", "n_decided", "n_won", "win_rate"]
    return ordered[[*head, "next_touchpoint", "next_share"]]
