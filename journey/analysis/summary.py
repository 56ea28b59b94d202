"""The first figures of a log."""

import pandas as pd

from journey.analysis.maps.variants import count_variants
from journey.analysis.stages.outcomes import outcomes
from journey.log import TouchpointLog


def summary(log: TouchpointLog) -> dict[str, object]:
    """The size of what is in view, and how its journeys stand.

    Returns
    -------
    dict
        ``n_touchpoints``, ``n_journeys``, ``n_types``, ``n_variants``, ``n_moves``
        (touchpoints less journeys), ``first_at``, ``last_at``, and ``outcomes`` with the journeys
        ``won``, ``lost``, ``no_decision``, ``stalled``, ``in_progress``, which add up.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-03"])}))
    >>> figures = summary(log)
    >>> figures["n_moves"], figures["n_variants"], figures["outcomes"]["in_progress"]
    (1, 2, 2)
    """
    counts = outcomes(log)
    return {
        "n_touchpoints": log.n_touchpoints,
        "n_journeys": log.n_journeys,
        "n_types": len(log.touchpoint_types),
        "n_variants": count_variants(log),
        "n_moves": log.n_touchpoints - log.n_journeys,
        "first_at": _text(log.first_at),
        "last_at": _text(log.last_at),
        "outcomes": dict(zip(counts["outcome"], counts["n_journeys"].tolist(), strict=True)),
    }


def _text(instant: pd.Timestamp | None) -> str | None:
    return None if instant is None else instant.isoformat()
