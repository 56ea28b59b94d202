"""Tables that can't be read as they are: no case, no time; refused with the options to give."""

import re
from collections.abc import Sequence

from journey.errors import ColumnsUnclearError
from journey.ingest.columns.profiles import MOST
from journey.ingest.columns.roles import TableRoles
from journey.ingest.columns.values import KEY_ROLES, SURE


def check_complete(tables: Sequence[TableRoles]) -> None:
    """Refuse a table without a case or, if it has touchpoints, without a time.

    Raises
    ------
    ColumnsUnclearError
        Naming the file, its columns and the option to give.
    """
    for table in tables:
        if table.shape in ("costs", "details"):
            continue
        has_key = any(role in table.roles for role in KEY_ROLES)
        if not has_key and _counts_paths(table):
            raise ColumnsUnclearError(
                f"{table.raw.file} counts whole paths: it does not say who took them or when, so "
                "no journey can be read from it. Export the single touchpoints with an id and a "
                "time instead."
            )
        if not has_key:
            raise ColumnsUnclearError(
                f"{table.raw.file} has no column that says whose journey it is. "
                f"Its columns: {_listed(table)}. Name one, for example --column account_id=HEADER."
            )
        if table.shape == "events" and "occurred_at" not in table.roles:
            raise ColumnsUnclearError(
                f"{table.raw.file} has no column with a time. {_nearly_times(table)}"
                f"Its columns: {_listed(table)}. "
                "Name one, for example --column occurred_at=HEADER."
            )


def _nearly_times(table: TableRoles) -> str:
    """Which columns are named as times, though too few of their values are."""
    return "".join(
        f"Of the values of {header!r}, only {profile.dates.share if profile.dates else 0:.0%} are "
        "dates in one way of writing. "
        for header, profile in table.profiles.items()
        if profile.n_values and profile.named("occurred_at") > MOST
    )


def _counts_paths(table: TableRoles) -> bool:
    """Whether a column holds whole journeys, as ``search > mail > direct``."""
    return any(
        bool(profile.samples) and any(re.search(r"\S ?(?:>|→) ?\S", x) for x in profile.samples)
        for profile in table.profiles.values()
    )


def _listed(table: TableRoles) -> str:
    return ", ".join(repr(header) for header in table.raw.columns[:12])


def check_dated(tables: Sequence[TableRoles]) -> None:
    """Refuse files without touchpoints, unless their exports are known to have none.

    A known export of accounts or of costs may come before the touchpoints it belongs to.

    Raises
    ------
    ColumnsUnclearError
        Naming the files, their columns and the options to give.
    """
    if any(table.shape in ("events", "wide") or table.raw.known for table in tables):
        return
    files = ", ".join(table.raw.file for table in tables)
    columns = ", ".join(_listed(table) for table in tables)
    raise ColumnsUnclearError(
        f"No column with times was found in {files}. {_what_it_says(tables)}Columns: {columns}. "
        "Name the time and the touchpoint, for example --column occurred_at=HEADER "
        "--column touchpoint=HEADER."
    )


def _what_it_says(tables: Sequence[TableRoles]) -> str:
    """What files without times are, where each row describes somebody."""
    keys = [
        headers[0]
        for table in tables
        for role, headers in table.roles.items()
        if role in KEY_ROLES and table.confidence[headers[0]] >= SURE
    ]
    if not keys:
        return ""
    return (
        f"Its rows describe each {keys[0]!r}, but not what happened when. Add an export of "
        "activities with their dates to it. "
    )
