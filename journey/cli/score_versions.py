"""Versions of the scoring rules: listed, tried, saved, gone back to."""

import sys
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import journey
from journey.cli.answers import written
from journey.cli.names import stored
from journey.cli.own_options import whole
from journey.cli.words import tell
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.rules.scoring import rules_in_force
from journey.workspace import save_definitions, workspace_root


def add_versions(commands: Any) -> None:
    """The command that lists the versions of the scoring rules of a data set and goes back."""
    asking = commands.add_parser("versions", help="list, try or go back to scoring rules")
    add = asking.add_argument
    add("dataset", metavar="NAME", help="a data set")
    add("--what-if", type=whole, metavar="VERSION", help="how many MQLs and SQLs by its rules")
    add("--back-to", type=whole, metavar="VERSION", help="save its rules as the next version")
    add("--save", metavar="NOTE", help="save the rules as the next version, with what was agreed")
    add("--format", choices=["table", "csv", "json"], default="table")


def run_versions(given: Namespace) -> int:
    """Save what is asked for, then show what a version would change, or list all."""
    folder = stored(given.dataset)
    definitions = journey.open_log(folder).definitions
    if given.back_to is not None or given.save is not None:
        _save(given, definitions)
    log = journey.open_log(folder)
    if given.what_if is None:
        frame = journey.score_versions(log)
        sys.stdout.write(written(frame, given.format))
        if frame.empty:
            tell(f"No rows: no version is saved for {given.dataset!r}. Save one by --save NOTE.")
        return 0
    tried = log.definitions.scoring.as_of_version(given.what_if)
    rules = rules_in_force(tried, log.definitions.stage_names)
    sys.stdout.write(written(journey.what_if(log, rules=rules), given.format))
    return 0


def _save(given: Namespace, definitions: Definitions) -> None:
    """Save the rules in force, or those of an earlier version, as the next one."""
    scoring = definitions.scoring
    note: str = f"Back to version {given.back_to}" if given.save is None else given.save
    if not note.strip():
        raise ValueNotAllowedError("--save is empty. Say what was agreed.")
    in_force = rules_in_force(scoring, definitions.stage_names)
    wanted = in_force if given.back_to is None else scoring.as_of_version(given.back_to)
    agreed = in_force.followed_by(wanted, datetime.now(UTC).date(), note)
    save_definitions(
        workspace_root(),
        given.dataset,
        replace(definitions, scoring=agreed),
        instead_of=definitions.fingerprint,
    )
    tell(f"Saved as version {agreed.version}: {note}.")
