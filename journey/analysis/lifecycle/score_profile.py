"""How good the leads of each month were at its end."""

import numpy as np
import pandas as pd

from journey.analysis.lifecycle.lived import span_of, span_of_month
from journey.analysis.lifecycle.nurture import nurture_journeys, nurture_metrics
from journey.analysis.scores.codes import scoring_of
from journey.analysis.scores.lead_scores import (
    ENGAGEMENT_GRADES,
    FIT_GRADES,
    NO_FIT,
    count_grades,
)
from journey.errors import ValueNotAllowedError
from journey.log import TouchpointLog

COLUMNS = ("month", "fit_grade", "engagement_grade", "n_journeys", "share")


def score_profile(log: TouchpointLog, *, limit: int = 12) -> pd.DataFrame:
    """Grades of the leads opened in a month, as of that month's end, whatever came later.

    Parameters
    ----------
    limit
        So many calendar months up to that of ``as_of``, whatever happened in them.

    Returns
    -------
    DataFrame
        One row per month that opened leads and grade that they have: ``month`` (``YYYY-MM``),
        ``fit_grade``, ``engagement_grade``, ``n_journeys`` (they add up to the month's new
        leads), ``share`` (of these). By month, best grade first.

    Raises
    ------
    ValueNotAllowedError
        If no month is asked for.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": "New lead",
    ...     "occurred_at": pd.to_datetime(["2026-01-05", "2026-02-05"])}))
    >>> score_profile(log)[["month", "n_journeys", "share"]].values.tolist()
    [['2026-01', 1, 1.0], ['2026-02', 1, 1.0]]
    """
    if limit < 1:
        raise ValueNotAllowedError(f"The number of months is {limit!r}. Give 1 or more.")
    leads = nurture_metrics(log).drop_duplicates("month")
    # A log that is cut at the end of a month is read as of that month.
    last = log.at(span_of(log, days=1).end - 1).tz_localize(None).to_period("M")
    leads = leads[pd.PeriodIndex(leads["month"], freq="M") > last - limit]
    has_fit = scoring_of(log.store, log.definitions).has_fit
    letters = FIT_GRADES if has_fit else (NO_FIT,)
    rows: list[tuple[object, ...]] = []
    for month in leads.loc[leads["n_new_leads"].fillna(0) > 0, "month"]:
        leads_then = month_end(nurture_journeys(log, "new_leads", month), month)
        counts = count_grades(leads_then).sum(axis=2)
        for fit, engagement in zip(*np.nonzero(counts), strict=True):
            n, grade = int(counts[fit, engagement]), ENGAGEMENT_GRADES[engagement]
            rows.append((month, letters[fit], grade, n, n / int(counts.sum())))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def month_end(log: TouchpointLog, month: str) -> TouchpointLog:
    """The log as of the end of a calendar month in UTC (``YYYY-MM``), or as it is if that is later.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": "Ad",
    ...     "occurred_at": pd.to_datetime(["2026-01-05", "2026-02-05"])}))
    >>> month_end(log, "2026-01").as_of
    Timestamp('2026-02-01 00:00:00+0000', tz='UTC')
    """
    end = log.at(span_of_month(log, month).end)
    return log.between(end=end) if end <= log.as_of else log
