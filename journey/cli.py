"""The command line: the library's functions, for automation and for a look without a browser."""

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

import journey
from journey.definitions import load_definitions
from journey.errors import JourneyError, ValueNotAllowedError
from journey.exports.tables import to_csv
from journey.log import TouchpointLog
from journey.workspace import dataset_path, list_datasets, workspace_root

SAMPLE = "Halyard sample"
APP = Path(__file__).parent.parent / "app.py"

Arguments = argparse.Namespace
Answer = pd.DataFrame | dict[str, object]

QUESTIONS: dict[str, tuple[str, Callable[[TouchpointLog, Arguments], Answer]]] = {
    "summary": ("size, span and outcomes", lambda log, _: journey.summary(log)),
    "map": ("moves between touchpoint types", lambda log, _: journey.directly_follows(log)),
    "paths": ("whole sequences", lambda log, given: journey.variants(log, top=given.top)),
    "flows": (
        "journeys step by step",
        lambda log, given: journey.step_flows(
            log,
            steps=given.steps,
            start=given.start,
            end=given.end,
            around=given.around,
            n_types=given.types,
        ),
    ),
    "stages": ("stages reached and conversion", lambda log, _: journey.stage_funnel(log)),
    "dropoffs": ("where journeys end", lambda log, _: journey.drop_offs(log)),
    "times": ("days to the next stage", lambda log, _: journey.time_to_next_stage(log)),
    "outcomes": ("journeys by outcome", lambda log, _: journey.outcomes(log)),
    "segments": (
        "figures by an attribute",
        lambda log, given: journey.segment_breakdown(log, by=given.by),
    ),
    "stalled": ("open accounts gone silent", lambda log, _: journey.stalled_accounts(log)),
    "journeys": ("one row per journey", lambda log, _: journey.journeys(log)),
    "timeline": (
        "all touches of one account",
        lambda log, given: journey.account_timeline(log, given.account),
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 and one clear line on bad input."""
    given = parser().parse_args(arguments)
    try:
        if given.command == "app":
            return run_app()
        if given.command == "import":
            return run_import(given)
        answer = QUESTIONS[given.command][1](narrowed(source(given), given), given)
        sys.stdout.write(written(answer, given.format))
    except JourneyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:  # the reader had enough, as `head` has
        sys.stderr.close()
    return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    root = argparse.ArgumentParser(prog="python -m journey", description=journey.__doc__)
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    reading = _reading_options()
    importing = commands.add_parser("import", parents=[reading], help="store files as a data set")
    importing.add_argument("sources", nargs="+", metavar="FILE")
    importing.add_argument("--into", required=True, metavar="NAME", help="name of the data set")
    narrowing = _narrowing_options()
    for name, (text, _) in QUESTIONS.items():
        question = commands.add_parser(name, parents=[reading, narrowing], help=text)
        question.add_argument("sources", nargs="+", metavar="NAME|FILE")
        _own_options(name, question)
    commands.add_parser("app", help="open the app in a browser")
    return root


def _reading_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    add = options.add_argument
    add("--column", action="append", default=[], metavar="ROLE=HEADER", help="what a column is")
    add("--dates", choices=["day-first", "month-first"], help="how to read 01/02/2026")
    add("--zone", metavar="AREA/CITY", help="time zone of times that carry none (default UTC)")
    add("--dedupe", choices=["none", "exact", "cross-source"], default="cross-source")
    add("--definitions", type=Path, metavar="FILE", help="stages and outcomes (TOML)")
    return options


def _narrowing_options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    add = options.add_argument
    add("--where", action="append", default=[], metavar="COLUMN=VALUE", help="keep these")
    add("--exclude", action="append", default=[], metavar="TYPE", help="remove touchpoints")
    add("--collapse", action="store_true", help="make neighbours of one type one")
    add("--from", dest="start_at", metavar="DATE", help="touchpoints from this instant on")
    add("--to", dest="end_at", metavar="DATE", help="touchpoints before it; journeys as of then")
    add("--case", choices=["account", "person", "opportunity", "session"], default="account")
    add("--gap", metavar="TIME", help="silence that ends a session, as in 30min")
    add("--format", choices=["table", "csv", "json"], default="table")
    return options


def _own_options(name: str, question: argparse.ArgumentParser) -> None:
    add = question.add_argument
    if name == "segments":
        add("--by", required=True, metavar="COLUMN", help="attribute of accounts or people")
    if name == "paths":
        add("--top", type=_whole, metavar="N", help="only the most frequent")
    if name == "timeline":
        add("--account", required=True, metavar="ID")
    if name == "flows":
        add("--steps", type=_whole, default=8, metavar="N")
        add("--types", type=_whole, default=12, metavar="N", help="types with boxes of their own")
        add("--start", metavar="TYPE", help="step 1 is the first of this type")
        add("--end", metavar="TYPE", help="the last step is the last of this type")
        add("--around", metavar="TYPE", help="the middle step is the first of this type")


def run_app() -> int:
    """Serve the app on this machine, with the sample data where there are none yet."""
    root = workspace_root()
    samples = sorted((APP.parent / "sample_data").glob("*.csv"))
    if not list_datasets(root) and samples:
        sys.stderr.write("Preparing the sample data …\n")
        definitions = load_definitions(APP.parent / "sample_data" / "definitions.toml")
        journey.read_touchpoints(*samples, definitions=definitions, into=dataset_path(root, SAMPLE))
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    try:
        return subprocess.call(command, cwd=APP.parent)  # noqa: S603 - our own app
    except KeyboardInterrupt:
        return 0


def run_import(given: Arguments) -> int:
    """Store files as a data set of the workspace and say what was done to every row."""
    target = dataset_path(workspace_root(), given.into)
    log = _read(given, into=target)
    report = log.report.frame().drop(columns="examples")
    sys.stdout.write(f"{report.to_string(index=False)}\n")
    sys.stderr.writelines(f"{note}\n" for note in log.report.notes)
    sys.stderr.write(
        f"{given.into}: {log.n_touchpoints:,} touchpoints in {log.n_journeys:,} journeys.\n"
    )
    return 0


def source(given: Arguments) -> TouchpointLog:
    """The data set of a name, or the log read from files."""
    names = cast("list[str]", given.sources)
    root = workspace_root()
    if len(names) == 1 and not Path(names[0]).exists():
        known = list_datasets(root)
        if names[0] not in known:
            raise ValueNotAllowedError.among(names[0], known, what="The file or data set")
        log = journey.open_log(dataset_path(root, names[0]))
        chosen = given.definitions
        return log.with_definitions(load_definitions(chosen)) if chosen else log
    log = _read(given, into=None)
    if log.report.n_set_aside:
        sys.stderr.write(
            f"{log.report.n_set_aside:,} of {log.report.n_read:,} rows are set aside; "
            "`import` says which and why.\n"
        )
    return log


def narrowed(log: TouchpointLog, given: Arguments) -> TouchpointLog:
    """The log as the options choose it."""
    wanted: dict[str, list[str | None]] = {}
    for text in given.where:
        column, value = _pair(text, "--where", "COLUMN=VALUE")
        wanted.setdefault(column, []).append(value or None)
    view = log if given.case == "account" else log.by(given.case, gap=_silence(given.gap))
    view = view.between(_instant(given.start_at), _instant(given.end_at)).where(wanted)
    view = view.exclude(*given.exclude)
    return view.collapse() if given.collapse else view


def written(answer: Answer, form: str) -> str:
    """An answer as the text asked for."""
    if form == "json":
        content = records(answer) if isinstance(answer, pd.DataFrame) else answer
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    frame = answer if isinstance(answer, pd.DataFrame) else _flat(answer)
    if form == "csv":
        return to_csv(frame).decode("utf-8-sig")
    return frame.to_string(index=False, max_colwidth=60) + "\n"


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as JSON can hold them; what is not known is null."""
    columns = {str(name): [_plain(value) for value in frame[name]] for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _read(given: Arguments, *, into: Path | None) -> TouchpointLog:
    columns: dict[str, str | list[str]] = {}
    for text in given.column:
        role, header = _pair(text, "--column", "ROLE=HEADER")
        columns[role] = header.split("+") if role == "occurred_at" and "+" in header else header
    return journey.read_touchpoints(
        *given.sources,
        columns=columns or None,
        dates=given.dates,
        zone=given.zone,
        dedupe=given.dedupe,
        definitions=given.definitions,
        into=into,
        progress=_tell if sys.stderr.isatty() else None,
    )


def _tell(progress: Any) -> None:
    total = f" of {progress.n_total:,}" if progress.n_total else ""
    sys.stderr.write(f"\r{progress.phase} {progress.file}: {progress.n_rows:,}{total} rows\x1b[K")


def _pair(text: str, option: str, form: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ValueNotAllowedError(f"{option} is {text!r}; {form} is needed.")
    return name, value


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _instant(text: str | None) -> pd.Timestamp | None:
    if text is None:
        return None
    # Pandas turns what it can't read into an error, and an empty text into no time at all.
    try:
        instant = pd.Timestamp(text)
    except ValueError:
        instant = pd.NaT
    if not isinstance(instant, pd.Timestamp):
        raise ValueNotAllowedError(
            f"The date is {text!r}; one like 2026-03-31 or 2026-03-31T14:00 is needed."
        )
    return instant


def _silence(text: str | None) -> pd.Timedelta | None:
    if text is None:
        return None
    try:
        silence = pd.Timedelta(text)
    except ValueError:
        silence = pd.NaT
    if not isinstance(silence, pd.Timedelta) or silence < pd.Timedelta(seconds=1):
        raise ValueNotAllowedError(f"--gap is {text!r}; a time like 30min or 2h is needed.")
    return silence


def _flat(figures: dict[str, object]) -> pd.DataFrame:
    flat: dict[str, object] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            flat |= {f"n_{key}": inner for key, inner in cast("dict[str, object]", value).items()}
        else:
            flat[name] = value
    return pd.DataFrame({"figure": list(flat), "value": [str(value) for value in flat.values()]})


def _plain(value: Any) -> object:
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(cast("tuple[object, ...]", value))
    return value
