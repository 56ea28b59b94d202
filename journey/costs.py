"""What campaigns, labour and technology cost by day or by month, as platforms and budgets say."""

import hashlib
import io
import math
import re
import shutil
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from journey.errors import StoreError, ValueNotAllowedError
from journey.wording import counted

if TYPE_CHECKING:
    import pandas as pd

COSTS_FILE: Final = "costs.parquet"
ENTERED_FILE: Final = "entered_costs.csv"
"""Costs entered by hand, kept beside those of files."""

ENTERED: Final = "entered by hand"
ENTERED_COLUMNS: Final = ("month", "kind", "channel", "campaign", "cost", "currency")
REQUIRED_COLUMNS: Final = ("month", "kind", "cost", "currency")
"""Every row of costs entered by hand has these."""

Kind = Literal["campaign", "labour", "technology"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_MOST_TOLD: Final = 3
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_DTYPES: Final[dict[str, Any]] = {
    "day": "datetime64[us]",
    "last_day": "datetime64[us]",
    "kind": "str",
    "source_system": "str",
    "campaign_id": "str",
    "campaign": "str",
    "channel": "str",
    "cost": "float64",
    "currency": "str",
    "n_impressions": "Int64",
    "n_clicks": "Int64",
}
"""Columns of a table of costs; all but ``day`` and ``cost`` may be missing on a row.

A cost is that of all days from ``day`` to ``last_day``: of one day, or of a whole month.
"""


def read_costs(directory: Path) -> "pd.DataFrame":
    """The costs of a data set: those of its files, then those entered by hand.

    Returns
    -------
    DataFrame
        ``day``, ``last_day``, ``kind`` (campaign, labour or technology), ``source_system``,
        ``campaign_id``, ``campaign``, ``channel``, ``cost``, ``currency``, ``n_impressions``,
        ``n_clicks``; no rows where there are no costs.

    Raises
    ------
    StoreError
        If a file is there and can't be read.

    Examples
    --------
    >>> len(read_costs(Path("/nowhere")))
    0
    """
    import pandas as pd

    path = directory / COSTS_FILE
    try:
        imported = costs_frame(pd.read_parquet(path) if path.exists() else pd.DataFrame())
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The costs of {directory.name!r} can't be read: {error}. Import the files again."
        ) from error
    if not (directory / ENTERED_FILE).exists():
        return imported
    entered = _as_costs(read_entered(directory))
    return pd.concat([imported, entered], ignore_index=True) if len(entered) else imported


def read_entered(directory: Path) -> "pd.DataFrame":
    """The costs of a data set that were entered by hand, by month.

    Returns
    -------
    DataFrame
        ``month`` (``YYYY-MM``), ``kind``, ``channel``, ``campaign``, ``cost``, ``currency``, in
        the order in which they were entered; words that were not given are empty.

    Raises
    ------
    StoreError
        If the file is there and can't be read.
    """
    import pandas as pd

    path = directory / ENTERED_FILE
    if not path.exists():
        return pd.DataFrame(columns=list(ENTERED_COLUMNS)).astype({"cost": float})
    try:
        text = pd.read_csv(path, dtype=str, keep_default_na=False)
        return check_entered(text)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The costs entered for {directory.name!r} can't be read: {error}. Mend or remove "
            f"{ENTERED_FILE} in its folder."
        ) from error


def check_entered(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Costs by month as entered, refused where one can't be used; rows without a word are left out.

    Raises
    ------
    ValueNotAllowedError
        If a row lacks its month, kind, cost or currency, a month is none, a kind is not known or a
        cost is no number; it says which rows.

    Examples
    --------
    >>> import pandas as pd
    >>> check_entered(pd.DataFrame({"month": ["2026-01"], "kind": ["labour"], "cost": ["12.5"],
    ...     "currency": ["eur"]})).loc[0, ["channel", "currency"]].tolist()
    ['', 'EUR']
    """
    words = frame.reindex(columns=list(ENTERED_COLUMNS)).astype(object)
    words = words.where(words.notna(), "").astype(str).reset_index(drop=True)
    for name in ENTERED_COLUMNS:
        words[name] = words[name].str.strip()
    words["currency"] = words["currency"].str.upper()
    words = words[(words != "").any(axis=1)]
    rows = zip(words.index + 1, words.to_dict("records"), strict=True)
    amiss = [told for place, row in rows if (told := _amiss(int(place), row))]
    if amiss:
        more = counted(len(amiss) - _MOST_TOLD, "more row")
        rest = f" {more} can't be used either." if len(amiss) > _MOST_TOLD else ""
        raise ValueNotAllowedError(" ".join(amiss[:_MOST_TOLD]) + rest)
    return words.assign(cost=words["cost"].astype(float)).reset_index(drop=True)


def _amiss(place: int, row: Mapping[Any, str]) -> str | None:
    """What lets a row of entered costs not be used, in words."""
    lacking = [name for name in REQUIRED_COLUMNS if not row[name]]
    if lacking:
        has = ", ".join(value for value in row.values() if value)
        lacks = ", ".join(lacking)
        return f"Row {place} ({has:.60}) lacks: {lacks}. Fill it in, or remove the row."
    if not _MONTH.fullmatch(row["month"]):
        return (
            f"The month of row {place} is {row['month']!r}. Costs entered by hand are of whole "
            "months: write 2026-01."
        )
    if row["kind"] not in KINDS:
        what = f"The kind of row {place}"
        return str(ValueNotAllowedError.among(row["kind"], KINDS, what=what))
    if not _is_amount(row["cost"]):
        return (
            f"The cost of row {place} is {row['cost']!r}. Write an amount such as 1200, below 0 "
            "for a credit note."
        )
    return None


def _is_amount(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def entered_text(frame: "pd.DataFrame") -> str:
    """Costs entered by hand as the text of their file.

    Raises
    ------
    ValueNotAllowedError
        As for :func:`check_entered`.
    """
    text = io.StringIO()
    check_entered(frame).to_csv(text, index=False, lineterminator="\n")
    return text.getvalue()


def entered_fingerprint(directory: Path) -> str:
    """Change whenever the costs of a data set that were entered by hand do.

    Examples
    --------
    >>> entered_fingerprint(Path("/nowhere"))
    ''
    """
    file = directory / ENTERED_FILE
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest() if file.exists() else ""


def keep_entered(directory: Path, made: Path) -> None:
    """Copy the costs entered by hand into what takes the place of a data set."""
    if (directory / ENTERED_FILE).exists():
        shutil.copyfile(directory / ENTERED_FILE, made / ENTERED_FILE)


def _as_costs(entered: "pd.DataFrame") -> "pd.DataFrame":
    """Entered costs as rows of costs, each of a whole month."""
    import pandas as pd

    first = pd.to_datetime(entered["month"], format="%Y-%m").astype("datetime64[us]")
    rows = entered.assign(day=first, last_day=first + pd.offsets.MonthEnd(0), source_system=ENTERED)
    missing = {name: rows[name].replace("", None) for name in ("channel", "campaign")}
    return costs_frame(rows.assign(**missing))


def costs_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A frame with the columns of costs in their types; what it lacks is missing on every row.

    A cost without a last day is that of one day, one without a kind that of a campaign.

    Examples
    --------
    >>> import pandas as pd
    >>> costs_frame(pd.DataFrame({"day": ["2026-01-01"], "cost": [3]})).loc[0, "cost"].item()
    3.0
    """
    costs = frame.reindex(columns=list(_DTYPES)).astype(_DTYPES)
    return costs.assign(
        last_day=costs["last_day"].fillna(costs["day"]), kind=costs["kind"].fillna(KINDS[0])
    )


def prorated(
    costs: "pd.DataFrame", begin: "pd.Timestamp | None", end: "pd.Timestamp | None"
) -> "pd.DataFrame":
    """Costs as far as they fall on the days from one instant to before another, in UTC.

    A cost of several days counts by the share of its days. Days that are only partly between
    the two count whole. Costs that fall on none of these days are left out.

    Parameters
    ----------
    begin, end
        None: from the first cost on, to the last.

    Examples
    --------
    >>> import pandas as pd
    >>> month = costs_frame(pd.DataFrame({
    ...     "day": ["2026-01-01"], "last_day": ["2026-01-31"], "cost": [310.0]}))
    >>> prorated(month, pd.Timestamp("2026-01-22"), None)["cost"].tolist()  # 10 of 31 days
    [100.0]
    """
    import numpy as np

    first = costs["day"].to_numpy()
    after = costs["last_day"].to_numpy() + np.timedelta64(1, "D")
    begins, ends = first, after
    if begin is not None:
        begins = np.maximum(first, _naive(begin).floor("D").to_datetime64())
    if end is not None:
        ends = np.minimum(after, _naive(end).ceil("D").to_datetime64())
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (ends - begins) / (after - first)
    kept = share > 0
    return costs[kept].assign(cost=costs["cost"].to_numpy()[kept] * share[kept])


def _naive(instant: "pd.Timestamp") -> "pd.Timestamp":
    return instant if instant.tzinfo is None else instant.tz_convert("UTC").tz_localize(None)


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
    for known, told in tuple(_FINGERPRINTS):
        if known.equals(costs):
            return told
    text = costs.to_csv(index=False)
    told = hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()
    # Copied on write: it stays as it is now, whatever becomes of the costs.
    _FINGERPRINTS.append((costs.copy(deep=False), told))
    return told


_FINGERPRINTS: "deque[tuple[pd.DataFrame, str]]" = deque(maxlen=8)
"""Of the costs asked about last: comparing costs takes far less time than writing them."""
