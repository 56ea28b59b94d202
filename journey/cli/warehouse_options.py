"""The options and the command for databases and warehouses."""

import argparse
from typing import Any, Final

OF_DATABASES: Final = ("table", "query", "where", "since", "until", "mark", "key")
"""Options of a database; a file has none of it."""


def add_import_options(importing: argparse.ArgumentParser) -> None:
    """Options that say what of a database is wanted."""
    add = importing.add_argument
    add("--table", metavar="NAME", help="of a database: the table to read")
    add("--query", metavar="SELECT", help="of a database: a query instead of a table")
    add(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="of a database: only rows such as 'amount>=10'",
    )
    add("--since", metavar="DATE", help="of a database: rows from this time on")
    add("--until", metavar="DATE", help="of a database: rows before this time")
    add("--mark", metavar="COLUMN", help="column that only grows, for refresh (default: the time)")
    add("--key", metavar="COLUMN", help="column that tells a row: refresh replaces changed ones")


def add_refresh(commands: Any) -> None:
    """The command that takes what is new from the database of a data set."""
    asking = commands.add_parser("refresh", help="take what is new from the database")
    asking.add_argument("into", metavar="NAME", help="a data set imported from a database")
    asking.add_argument("--address", help="the address again, with its password")
    asking.add_argument("--since", metavar="VALUE", help="begin here, not where it was read to")
