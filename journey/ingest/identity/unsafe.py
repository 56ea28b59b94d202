"""Joins that would say too much: what was not followed, and why."""

from dataclasses import dataclass
from typing import Final, cast

import duckdb

from journey.ingest.identity import links
from journey.ingest.identity.links import KEPT_LINKS

MOST_EXAMPLES: Final = 5

_ADDRESS: Final = "CASE 'email' WHEN left_kind THEN left_id ELSE right_id END"

# By reason: the id that the warning counts, in SQL, and what is said of these ids.
_TOLD: Final[dict[str, tuple[str, str]]] = {
    links.SHARED_DEVICE: (
        "left_id",
        "Visitors used by several people, whose visits are joined to none of them",
    ),
    links.SHARED_ADDRESS: (
        _ADDRESS,
        "Addresses that look shared, such as info@, by which nobody is joined",
    ),
    links.SHARED_ID: (
        "left_id",
        "Ids that stand with unusually many others, by which nobody is joined",
    ),
    links.MANY_IDS: (
        "left_id",
        "Ids that would be one person with unusually many others, so that none are joined",
    ),
    links.SEVERAL_ACCOUNTS: (
        "left_id",
        "People and domains that stand with several accounts, none clearly, so joined to none",
    ),
    links.OUTVOTED: (
        "left_id",
        "People that stand with several accounts and belong to the one most of their rows give",
    ),
    links.SEVERAL_COMPANIES: (
        "left_id",
        "Addresses of people with addresses at several companies, whose domains join nobody",
    ),
}


@dataclass(frozen=True)
class Warned:
    """One sort of unsafe join: why, how many ids, what is said of it, some of the ids."""

    status: str
    n_ids: int
    words: str
    examples: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The whole warning with its examples."""
        shown = ", ".join(map(repr, self.examples[:3]))
        return f"{self.words}: {self.n_ids:,}, for example {shown}."


def find_warnings(connection: duckdb.DuckDBPyConnection, table: str = KEPT_LINKS) -> list[Warned]:
    """The unsafe joins found, by sort.

    Parameters
    ----------
    table
        The links with their status; by default those kept with a data set.
    """
    found: list[Warned] = []
    for status, (counted, words) in _TOLD.items():
        row = connection.execute(
            f"SELECT count(*), list(id ORDER BY n DESC, id)[1:{MOST_EXAMPLES}] FROM ("
            f"SELECT {counted} AS id, sum(n_rows) AS n FROM {table} WHERE status = ? "
            "GROUP BY 1)",
            [status],
        ).fetchall()[0]
        n_ids, examples = cast("tuple[int, list[str] | None]", row)
        if n_ids:
            found.append(Warned(status, n_ids, words, tuple(examples or ())))
    return found
