"""Importing from a database or warehouse, and taking what is new from it."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import journey
from journey.cli.options import Arguments
from journey.cli.sources import tell_progress
from journey.cli.views import pair
from journey.cli.warehouse_options import OF_DATABASES
from journey.cli.words import tell
from journey.errors import ValueNotAllowedError
from journey.ingest.processes.progress import Progress
from journey.ingest.warehouses import (
    Address,
    Selection,
    fetched,
    fetched_before,
    proposed_time,
    read_address,
    read_relation,
    refresh,
    sampled,
)
from journey.ingest.warehouses.address import is_address, signed_in
from journey.ingest.warehouses.origin import Origin
from journey.ingest.warehouses.selection import Relation
from journey.schema import LEFT_OUT
from journey.wording import counted
from journey.workspace import dataset_path, workspace_root

PASSWORD_VARIABLE: Final = "PORTOLAN_PASSWORD"  # noqa: S105 - the name of it, not one


@contextmanager
def local_files(given: Arguments, folder: Path) -> Generator[Arguments]:
    """The same arguments with what they name at hand as files; rows of a database are fetched.

    Parameters
    ----------
    folder
        The data set to make or to add to; what is fetched lies on its disk meanwhile.
    """
    if not _is_database(given):
        yield given
        return
    address = _signed_in(read_address(given.sources[0]))
    relation = read_relation(given.table or address.table, given.query)
    told = [pair(text, "--column", "ROLE=HEADER") for text in given.column]
    before = fetched_before(folder, address, relation) if given.add else None
    selection = Selection(
        relation,
        left_out=tuple(header for role, header in told if role == LEFT_OUT and header),
        left_out_before=_left_out_before(before, told),
        where=tuple(given.where),
        since=given.since,
        until=given.until,
        time=_time(told) if "occurred_at" in dict(told) else _proposed_time(address, relation),
        mark=given.mark,
        key=given.key or _key_before(before),
    )
    with fetched(address, selection, folder, progress=_progress()) as found:
        tell(f"{counted(found.n_rows, 'row')} fetched from {address.text}.")
        kept = [f"{role}={header}" for role, header in told if role != LEFT_OUT or not header]
        yield argparse.Namespace(**vars(given) | {"sources": [str(found.file)], "column": kept})


def run_refresh(given: Arguments) -> int:
    """Take what is new, and say how many rows that were."""
    folder = dataset_path(workspace_root(), given.into)
    before = journey.open_log(folder)
    told = read_address(given.address) if given.address else None

    def sign_in(address: Address) -> Address:
        if told is None:
            return _signed_in(address)
        if told.place != address.place:
            raise ValueNotAllowedError(
                f"--address is {told.text}, but {given.into!r} came from {address.text}. Give "
                "that one with its password."
            )
        return _signed_in(replace(told, text=address.text))

    log, results = refresh(folder, sign_in, since=given.since, progress=_progress())
    for result in results:
        why = f": {result.why_not}" if result.why_not else ""
        tell(f"{result.title}: {counted(result.n_rows, 'row')} fetched{why}.")
    n_new = log.n_touchpoints - before.n_touchpoints
    tell(
        f"{given.into}: {counted(n_new, 'new touchpoint')}; "
        f"{counted(log.n_touchpoints, 'touchpoint')} in {counted(log.n_journeys, 'journey')}."
    )
    return 0


def _left_out_before(before: Origin | None, told: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """What was left out when the same was fetched before, unless it is brought back now."""
    if before is None or (LEFT_OUT, "") in told:
        return ()
    named = {header for _, header in told}
    left_out = tuple(header for header in before.left_out if header not in named)
    if left_out:
        tell(f"Left out, as before: {', '.join(map(repr, left_out))}.")
    return left_out


def _key_before(before: Origin | None) -> str | None:
    """The key by which the same was fetched before."""
    if before is None or before.key is None:
        return None
    tell(f"Key, as before: {before.key!r}.")
    return before.key


def _time(told: Sequence[tuple[str, str]]) -> str | None:
    """The column of the time, if it is one."""
    named = [h for role, headers in told if role == "occurred_at" for h in headers.split("+") if h]
    return named[0] if len(named) == 1 else None


def _proposed_time(address: Address, relation: Relation) -> str | None:
    """The time column that the first rows make likely."""
    with tempfile.TemporaryDirectory(prefix="portolan-") as folder:
        return proposed_time(journey.suggest_columns(sampled(address, relation, Path(folder))))


def _is_database(given: Arguments) -> bool:
    """Whether an import is from a database; refuses what goes with files or databases only."""
    addresses = [name for name in given.sources if is_address(name)]
    if addresses and len(given.sources) > 1:
        raise ValueNotAllowedError(
            "A database is imported alone. Import it first, then add the others by --add."
        )
    used = [name for name in OF_DATABASES if getattr(given, name)]
    if used and not addresses:
        raise ValueNotAllowedError(
            f"--{used[0]} is for databases; {given.sources[0]!r} is a file. Leave it out, or give "
            "the database's address, as in sqlite:///path or duckdb:///path."
        )
    return bool(addresses)


def _signed_in(address: Address) -> Address:
    """The address with the password of the environment, where it has none."""
    return signed_in(address, os.environ.get(PASSWORD_VARIABLE))


def _progress() -> Callable[[Progress], None] | None:
    return tell_progress if sys.stderr.isatty() else None
