"""Which databases the users of the app may name, and by whose means they sign in.

On the command line whoever asks is whoever is asked for. Users of an app that several share must
not reach by it what only its server may: files of the disk, sockets, passwords of its
environment, a cloud's own identity.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from journey.errors import JourneyError, ValueNotAllowedError
from journey.ingest.server_files import FOLDERS_VARIABLE, allowed_folders, checked_path
from journey.ingest.warehouses.address import FILE_KINDS, IBIS_KINDS, Address, read_address

WAREHOUSES_VARIABLE: Final = "PORTOLAN_WAREHOUSES"

_HARMLESS: Final[dict[str, tuple[str, ...]]] = {
    "snowflake": ("warehouse",),
    "bigquery": ("location",),
}
"""Parameters that change neither the server, nor the way to it, nor what may be read there."""

_SIGN_IN: Final = ("password", "passcode", "token", "access_token")
"""Secrets that a user may have of his own; others name files, services and ways to sign in."""


def allowed_addresses() -> tuple[Address, ...]:
    """Return the databases of ``PORTOLAN_WAREHOUSES``, addresses with white space between.

    Examples
    --------
    >>> isinstance(allowed_addresses(), tuple)
    True
    """
    found: list[Address] = []
    for text in os.environ.get(WAREHOUSES_VARIABLE, "").split():
        try:
            found.append(read_address(text))
        except JourneyError:
            continue
    return tuple(found)


def for_app(address: Address) -> Address:
    """Return an address as a user of the app may use it.

    Files are those in the folders that the administrator allows. Servers are those that he lists,
    if he lists any, then by the means of the app's server too; else PostgreSQL alone, by a
    password that the user types.

    Raises
    ------
    ValueNotAllowedError
        If it may not be used, with what the administrator can do.
    """
    if address.kind in FILE_KINDS:
        return _in_folders(address)
    listed = allowed_addresses()
    if any(_is_same_server(address, one) for one in listed):
        return address
    if listed or address.kind != "postgresql":
        raise ValueNotAllowedError(
            f"{address.text} is not among the databases that the administrator allows. He can "
            f"add it, with its parameters, to {WAREHOUSES_VARIABLE} before the app is started."
        )
    host = address.parameters.get("host") or address.parts.hostname or ""
    if not host or host.startswith(("/", "@")) or "," in host:
        raise ValueNotAllowedError(
            f"{address.text} names no host. One like postgresql://user@host:5432/database is "
            "needed."
        )
    return replace(address, has_own_means=False)


def _in_folders(address: Address) -> Address:
    allowed = allowed_folders()
    if not allowed:
        raise ValueNotAllowedError(
            f"The administrator allows no folders. He can set {FOLDERS_VARIABLE} to those with "
            "databases before the app is started."
        )
    place = checked_path(Path(address.path), allowed)
    return replace(read_address(f"{address.kind}://{quoted_path(place)}"), table=address.table)


def quoted_path(path: Path) -> str:
    """Return a path as an address holds it.

    Examples
    --------
    >>> quoted_path(Path("/data/a?b.duckdb"))
    '/data/a%3Fb.duckdb'
    """
    return path.as_uri().removeprefix("file://")


def _is_same_server(one: Address, other: Address) -> bool:
    """Tell whether two addresses lead to the same server, and database where one is named."""
    ours, theirs = one.parts, other.parts
    is_same = (one.kind, ours.hostname, ours.port) == (other.kind, theirs.hostname, theirs.port)
    has_same_database = not other.database or one.database == other.database
    return is_same and has_same_database and not _is_rerouted(one, other)


def _is_rerouted(one: Address, other: Address) -> bool:
    """Tell whether parameters lead elsewhere than those of a listed address.

    Ibis hands every parameter to the client, where it overrides host, account and database.
    """
    if one.kind not in IBIS_KINDS:
        return "host" in one.parameters and one.parameters != other.parameters
    brought = {pair for pair in one.secrets if pair[0] not in _SIGN_IN}
    return _routing(one) != _routing(other) or not brought <= {*other.secrets}


def _routing(address: Address) -> list[tuple[str, str]]:
    """The parameters of an address that must be as the administrator lists them."""
    harmless = _HARMLESS.get(address.kind, ())
    return sorted(pair for pair in parse_qsl(address.parts.query) if pair[0] not in harmless)
