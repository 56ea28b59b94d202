"""What accounts and people are called, where an attribute names them."""

import re
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.store.view import View

NAME_WORDS: Final = (
    "company",
    "organisation",
    "organization",
    "firm",
    "account",
    "customer",
    "name",
    "domain",
    "website",
)
"""Words that make the header of a name, the best name first; with any other word it is none."""


def name_columns(attributes: pa.Table) -> list[str]:
    """The columns of attributes that name an account or a person, the best name first.

    Examples
    --------
    >>> name_columns(pa.table({"domain": ["x.example"], "size": ["9"], "Company name": ["Xo"]}))
    ['Company name', 'domain']
    """
    words = {name: re.findall(r"[a-z]+", name.lower()) for name in attributes.column_names}
    places = {
        name: min(map(NAME_WORDS.index, parts))
        for name, parts in words.items()
        if parts and set(parts) <= set(NAME_WORDS)
    }
    return sorted(places, key=places.__getitem__)


def names_of_accounts(view: View, chosen: npt.NDArray[np.int64]) -> list[str | None]:
    """The names of the accounts of some journeys, none where no attribute names one."""
    attributes = view.store.accounts
    columns = name_columns(attributes)
    if not columns:
        return [None] * len(chosen)
    rows = pa.array(view.store.journey_accounts(view.shard)[chosen], pa.int64())
    return pc.coalesce(*(attributes[name].take(rows) for name in columns)).to_pylist()
