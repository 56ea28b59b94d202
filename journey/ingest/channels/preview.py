"""What other rules would make of a data set's channels, before they are applied."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from journey.errors import StoreError
from journey.ingest.channels.rules import decide_channels
from journey.ingest.channels.tables import SOURCES_FILE
from journey.log import TouchpointLog
from journey.rules.channels import ChannelRule


def channel_counts(folder: Path, rules: Sequence[ChannelRule]) -> pd.DataFrame:
    """Touchpoints of a data set by channel, by some rules.

    Parameters
    ----------
    folder
        The data set. Where it keeps no sources, there are no rows.

    Returns
    -------
    DataFrame
        ``channel`` (None: no channel), ``n_touchpoints``, and of them ``n_given``, whose channel
        the data give, so that no rule changes it. The largest first.

    Raises
    ------
    StoreError
        If the sources can't be read.

    Examples
    --------
    >>> channel_counts(Path("/nowhere"), ()).columns.tolist()
    ['channel', 'n_touchpoints', 'n_given']
    """
    path = folder / SOURCES_FILE
    if not path.exists():
        return pd.DataFrame({"channel": pd.Series(dtype=object), "n_touchpoints": 0, "n_given": 0})
    try:
        sources = pq.read_table(path)
    except (OSError, ValueError) as error:
        raise StoreError(
            f"The sources of {folder.name!r} can't be read: {error}. Import the files again."
        ) from error
    with duckdb.connect() as connection:
        connection.register("stored", sources)
        connection.execute("CREATE TABLE asked AS SELECT * FROM stored")
        decide_channels(connection, "asked", rules)
        rows = connection.execute(
            "SELECT COALESCE(given, CASE WHEN COALESCE(source, medium, campaign) IS NOT NULL "
            "THEN channel END) AS found, sum(n_touchpoints)::BIGINT AS n, "
            "COALESCE(sum(n_touchpoints) FILTER (given IS NOT NULL), 0)::BIGINT "
            "FROM asked GROUP BY found ORDER BY n DESC, found"
        ).fetchall()
    return pd.DataFrame(
        {
            "channel": pd.Series([row[0] for row in rows], dtype=object),
            "n_touchpoints": pd.Series([row[1] for row in rows], dtype="int64"),
            "n_given": pd.Series([row[2] for row in rows], dtype="int64"),
        }
    )


def channel_effect(log: TouchpointLog, folder: Path, rules: Sequence[ChannelRule]) -> pd.DataFrame:
    """Touchpoints by channel, as the log has them and as some rules would make them.

    Parameters
    ----------
    log
        The whole data set.
    folder
        Where it is stored.

    Returns
    -------
    DataFrame
        ``channel`` (None: no channel), ``n_before``, ``n_after``, ``n_change``: every channel
        that has touchpoints before or after, the largest first. Both add up to all touchpoints.
    """
    old = _held(log)
    new = channel_counts(folder, rules)[["channel", "n_touchpoints"]]
    both = old.merge(new, on="channel", how="outer")
    counts = both[["n_before", "n_touchpoints"]].fillna(0).astype("int64")
    effect = pd.DataFrame(
        {
            "channel": both["channel"],
            "n_before": counts["n_before"],
            "n_after": counts["n_touchpoints"],
            "n_change": counts["n_touchpoints"] - counts["n_before"],
        }
    )
    return effect.sort_values(
        ["n_after", "n_before", "channel"], ascending=[False, False, True], ignore_index=True
    )


def _held(log: TouchpointLog) -> pd.DataFrame:
    """Touchpoints of a log by channel."""
    store = log.origin
    if "channel" not in store.text_columns:
        names: list[str | None] = [None]
        counts = np.array([store.n_touchpoints])
    else:
        names = store.dictionaries["channel"].to_pylist()
        counts = np.zeros(len(names), np.int64)
        for shard in store.shards:
            counts += np.bincount(shard.codes["channel"], minlength=len(names))
    held = np.flatnonzero(counts)
    return pd.DataFrame(
        {
            "channel": pd.Series([names[code] for code in held], dtype=object),
            "n_before": counts[held],
        }
    )
