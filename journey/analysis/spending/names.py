"""What costs call a channel or a campaign, as touchpoints call it."""

import pandas as pd

from journey.log import TouchpointLog


def names_of(log: TouchpointLog, column: str) -> list[str | None]:
    """Values of a column of touchpoints by code; one that is not known where there is none."""
    if column not in log.store.text_columns:
        return [None]
    return log.store.dictionaries[column].to_pylist()


def called_as(log: TouchpointLog, column: str, names: pd.Series) -> pd.Series:
    """Names as touchpoints of the log write them, whatever is in capitals."""
    known = reversed(names_of(log, column))
    by_fold = {name.casefold(): name for name in known if name is not None}
    called = [None if pd.isna(n) else by_fold.get(str(n).casefold(), n) for n in names]
    return pd.Series(called, index=names.index, dtype=object)
