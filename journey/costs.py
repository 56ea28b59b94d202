"""What campaigns cost by day, as advertising platforms and budgets say."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from journey.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

COSTS_FILE: Final = "costs.parquet"
_DTYPES: Final[dict[str, Any]] = {
    "day": "datetime64[us]",
    "source_system": "str",
    "campaign_id": "str",
    "campaign": "str",
    "channel": "str",
    "cost": "float64",
    "currency": "str",
    "n_impressions": "Int64",
    "n_clicks": "Int64",
}
"""Columns of a table of costs; all but ``day`` and ``cost`` may be missing on a row."""


def read_costs(directory: Path) -> "pd.DataFrame":
    """The costs of a data set, one row per day, source, campaign and currency.

    Returns
    -------
    DataFrame
        ``day``, ``source_system``, ``campaign_id``, ``campaign``, ``channel``, ``cost``,
        ``currency``, ``n_impressions``, ``n_clicks``; no rows where there are no costs.

    Raises
    ------
    StoreError
        If the file is there and can't be read.

    Examples
    --------
    >>> len(read_costs(Path("/nowhere")))
    0
    """
    import pandas as pd

    path = directory / COSTS_FILE
    if not path.exists():
        return costs_frame(pd.DataFrame())
    try:
        return costs_frame(pd.read_parquet(path))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The costs of {directory.name!r} can't be read: {error}. Import the files again."
        ) from error


def costs_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A frame with the columns of costs in their types; what it lacks is missing on every row.

    Examples
    --------
    >>> import pandas as pd
    >>> costs_frame(pd.DataFrame({"day": ["2026-01-01"], "cost": [3]})).loc[0, "cost"].item()
    3.0
    """
    return frame.reindex(columns=list(_DTYPES)).astype(_DTYPES)


def costs_fingerprint(costs: "pd.DataFrame") -> str:
    """Changes whenever a cost does; empty where there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> costs_fingerprint(costs_frame(pd.DataFrame()))
    ''
    """
    if costs.empty:
        return ""
    text = costs.to_csv(index=False)
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()
