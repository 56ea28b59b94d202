"""The commands, their options, and which of them go together."""

import argparse
from pathlib import Path
from typing import Final, cast

import journey
from journey.cli.compared import check_groups
from journey.cli.names import names_dataset
from journey.cli.own_options import add_own_options
from journey.cli.questions import QUESTIONS
from journey.cli.score_versions import add_versions
from journey.cli.segment_options import add_segment
from journey.cli.warehouse_options import OF_DATABASES, add_import_options, add_refresh
from journey.errors import ValueNotAllowedError
from journey.ingest.warehouses.address import is_address as is_database
from journey.runners.spark import is_address
from journey.workspace import list_datasets, workspace_root

Arguments = argparse.Namespace

_OF_FILES: Final = ("column", "dates", "zone", "epoch", "preset", "dedupe")
"""Options that say how files are read; a stored data set was read already."""

_WRITTEN: Final = {"start_at": "from", "end_at": "to", "leave_out": "leave-out"}
"""Options that are not written as they are called here."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    root = argparse.ArgumentParser(prog="python -m journey", description=journey.__doc__)
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    reading = _reading_options()
    importing = commands.add_parser("import", parents=[reading], help="store files as a data set")
    importing.add_argument("sources", nargs="+", metavar="FILE|ADDRESS")
    importing.add_argument(
        "--into",
        required=True,
        metavar="NAME",
        help="name of the data set, or its address on a cluster",
    )
    importing.add_argument(
        "--add", action="store_true", help="keep what the data set has and add to it"
    )
    add_import_options(importing)
    add_refresh(commands)
    add_segment(commands)
    add_versions(commands)
    narrowing = _narrowing_options()
    for name, question in QUESTIONS.items():
        asking = commands.add_parser(name, parents=[reading, narrowing], help=question.words)
        asking.add_argument("sources", nargs="+", metavar="NAME|FILE")
        add_own_options(name, asking)
    commands.add_parser("app", help="open the app in a browser")
    return root


def check_options(given: Arguments) -> None:
    """Refuse options that would have no effect, or that exclude each other.

    Raises
    ------
    ValueNotAllowedError
        With the option and what to do.
    """
    if given.command in QUESTIONS:
        if given.gap is not None and given.case != "session":
            raise ValueNotAllowedError(
                f"--gap {given.gap} ends sessions, but journeys are read by {given.case}. "
                "Add --case session, or leave --gap out."
            )
        _check_reading_options(given)
        if given.segment and not names_dataset(given.sources):
            raise ValueNotAllowedError(
                f"--segment {given.segment[0]} is saved with a data set, but files are asked "
                "about. Import them under a name and ask that."
            )
    if given.command == "import" and is_address(given.into):
        _check_import_on_cluster(given)
    elif given.command == "import" and given.add:
        _check_additions(given)
    if given.command == "compare":
        check_groups(given)
    if given.command == "flows" and given.around is not None and (given.start or given.end):
        raise ValueNotAllowedError("--around and --start or --end exclude each other. Give one.")


def _check_import_on_cluster(given: Arguments) -> None:
    """A log on a cluster is made whole, of files that its workers see."""
    if given.add:
        raise ValueNotAllowedError(
            "--add is for data sets on this machine; a log on a cluster is made of all its files "
            "at once. Name them all, and leave --add out."
        )
    if any(is_database(source) for source in cast("list[str]", given.sources)):
        raise ValueNotAllowedError(
            "Rows of a database are fetched to this machine, which a log on a cluster is too large "
            "for. Export them as Parquet to storage that the workers see, and import those files."
        )
    used = [f"--{name}" for name in OF_DATABASES if getattr(given, name)]
    if used:
        raise ValueNotAllowedError(
            f"{used[0]} is for databases; a log on a cluster is made of files. Leave it out."
        )


def _check_additions(given: Arguments) -> None:
    """What is decided for the whole data set can't be told of the files added alone."""
    known = list_datasets(workspace_root())
    if given.into not in known:
        raise ValueNotAllowedError.among(given.into, known, what="The data set to add to")
    for name in ("dedupe", "definitions"):
        if getattr(given, name):
            raise ValueNotAllowedError(
                f"--{name} is for a whole data set; {given.into!r} keeps its own when files are "
                f"added. Leave --{name} out, or import all files again without --add."
            )


def _check_reading_options(given: Arguments) -> None:
    sources = cast("list[str]", given.sources)
    used = [f"--{name}" for name in _OF_FILES if getattr(given, name)]
    if not used or not names_dataset(sources) or sources[0] not in list_datasets(workspace_root()):
        return
    verb, them = ("say", "them") if len(used) > 1 else ("says", "it")
    raise ValueNotAllowedError(
        f"{' and '.join(used)} {verb} how files are read; {sources[0]!r} is stored, its files are "
        f"read already. Leave {them} out, or give {them} to import."
    )


def told_of_touchpoints(given: Arguments) -> list[str]:
    """The options given, as they are written, that choose touchpoints or say how they are read."""
    parsers = (_reading_options(), _narrowing_options())
    defaults = {name: it for one in parsers for name, it in vars(one.parse_args([])).items()}
    used = [name for name, default in defaults.items() if getattr(given, name) != default]
    return [f"--{_WRITTEN.get(name, name)}" for name in used if name != "format"]


def _reading_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    add = options.add_argument
    add("--column", action="append", default=[], metavar="ROLE=HEADER", help="what a column is")
    add("--dates", choices=["day-first", "month-first"], help="how to read 01/02/2026")
    add("--zone", metavar="AREA/CITY", help="time zone of times that carry none (default UTC)")
    add("--epoch", metavar="DATE", help="when mere seconds begin (default 1970-01-01)")
    add("--preset", metavar="NAME|none", help="the vendor's export that the files are")
    add(
        "--dedupe",
        choices=["none", "exact", "cross-source"],
        help="which repeated rows are merged (default cross-source)",
    )
    add("--definitions", type=Path, metavar="FILE", help="stages and outcomes (TOML)")
    return options


def _narrowing_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    add = options.add_argument
    add("--where", action="append", default=[], metavar="COLUMN=VALUE", help="keep these")
    add(
        "--segment",
        action="append",
        default=[],
        metavar="NAME",
        help="keep the journeys of a saved segment; of compare: a group",
    )
    add("--exclude", action="append", default=[], metavar="TYPE", help="remove touchpoints")
    add("--collapse", action="store_true", help="make neighbours of one type one")
    add(
        "--leave-out",
        choices=["not-buyers"],
        help="leave out competitors, students and job seekers",
    )
    add("--from", dest="start_at", metavar="DATE", help="touchpoints from this instant on")
    add(
        "--to",
        dest="end_at",
        metavar="DATE",
        help="touchpoints up to this day, which is in it, or before this time of day; journeys "
        "as of then",
    )
    add("--case", choices=["account", "person", "opportunity", "session"], default="account")
    add("--gap", metavar="TIME", help="with --case session: silence that ends one, as in 30min")
    add("--format", choices=["table", "csv", "json"], default="table")
    return options
