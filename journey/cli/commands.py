"""What each command does."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

import journey
from journey.cli.answers import is_empty, written
from journey.cli.counted_paths import run_on_counted_paths
from journey.cli.inventories import keep_listed, without_inventories
from journey.cli.options import Arguments, check_options, parser
from journey.cli.questions import QUESTIONS, WHOLE_LOG
from journey.cli.score_versions import run_versions
from journey.cli.segments import run_segment
from journey.cli.serving import run_app
from journey.cli.sources import add_files, read_files, source
from journey.cli.views import narrowed, why_nothing_is_left
from journey.cli.warehouses import local_files, run_refresh
from journey.cli.words import tell
from journey.errors import CountedPathsError, JourneyError
from journey.ingest.kept.additions import addition_text, size_of
from journey.log import TouchpointLog
from journey.report import IngestReport
from journey.runners.spark import is_address, shown
from journey.wording import counted
from journey.workspace import dataset_path, workspace_root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 and one clear line on bad input."""
    given = parser().parse_args(arguments)
    try:
        check_options(given)
        if given.command == "app":
            return run_app()
        others = {
            "import": run_import,
            "refresh": run_refresh,
            "segment": run_segment,
            "versions": run_versions,
        }
        return others.get(given.command, run_question)(given)
    except JourneyError as error:
        tell(" ".join(str(error).split()))
        return 2
    except BrokenPipeError:  # the reader had enough, as `head` has
        sys.stderr.close()
        return 0
    except OSError as error:
        tell(f"{error.filename or 'A file'} can't be used: {error.strerror or error}.")
        return 2


def run_import(given: Arguments) -> int:
    """Store files as a data set, or add them to one, and say what was done to every row."""
    if is_address(given.into):
        _tell_made(read_files(given, into=given.into), shown(given.into))
        return 0
    folder = dataset_path(workspace_root(), given.into)
    given, listed = without_inventories(given)
    if given.sources:
        with local_files(given, folder) as files:
            _import(files, folder)
    keep_listed(listed, given.into)
    return 0


def _import(given: Arguments, folder: Path) -> None:
    if given.add:
        before = size_of(journey.open_log(folder))
        log = add_files(given, folder)
        _tell_import(log, before.report)
        tell(addition_text(before, size_of(log)))
    else:
        _tell_made(read_files(given, into=folder), given.into)


def _tell_made(log: TouchpointLog, name: str) -> None:
    _tell_import(log, IngestReport((), ()))
    touchpoints = counted(log.n_touchpoints, "touchpoint")
    tell(f"{name}: {touchpoints} in {counted(log.n_journeys, 'journey')}.")


def _tell_import(log: TouchpointLog, known: IngestReport) -> None:
    """What was done to the rows of files that were not there before."""
    report = log.report.frame().drop(columns="examples")
    news = report[~report["file"].isin([file.file for file in known.files])]
    sys.stdout.write(f"{news.to_string(index=False)}\n")
    for note in [*log.report.notes, *_rules_amiss(log)]:
        if note not in known.notes:
            tell(note)


def run_question(given: Arguments) -> int:
    """Write the answer on standard output; what the reader should know of it on the other."""
    question = QUESTIONS[given.command]
    try:
        log = source(given)
    except CountedPathsError:
        if given.command != "attribution":
            raise
        return run_on_counted_paths(given)
    view = narrowed(log, given)
    answer = question.ask(view, given)
    sys.stdout.write(written(answer, given.format))
    for note in _notes(log, view, given, empty=is_empty(answer)):
        tell(note)
    return 0


def _notes(log: TouchpointLog, view: TouchpointLog, given: Arguments, *, empty: bool) -> list[str]:
    question = QUESTIONS[given.command]
    notes = _rules_amiss(log)
    if question.tells_wins and not set(log.definitions.won) & set(log.store.touchpoint_types):
        notes.append(
            "No touchpoint of the log wins a journey, so none is won. Name those that do as "
            "won under [outcomes] in a file, and give that by --definitions FILE."
        )
    if given.command == "summary" and view.n_touchpoints:
        notes.append(_as_of(view))
    if view.n_without_case:
        notes.append(
            f"{view.n_without_case:,} of {counted(log.n_touchpoints, 'touchpoint')} without "
            f"{given.case}: in no journey."
        )
    if note := question.note(log, view, given):
        notes.append(note)
    if given.command in WHOLE_LOG and view.steps:
        notes.append("Counted over the whole log: filters don't narrow this answer.")
    head = "No rows" if empty else "No journeys"
    if not view.n_journeys:
        notes.append(f"{head}: {why_nothing_is_left(log, given)}")
    elif empty:
        notes.append(f"{head}: {question.why_empty(view, given)}")
    return notes


def _as_of(view: TouchpointLog) -> str:
    """When the answer is read; a day that is asked for is in it to its end."""
    at = view.as_of
    if view.until == view.as_of_tick and at == at.normalize():
        return f"As of the end of {at - pd.Timedelta(days=1):%Y-%m-%d} UTC."
    return f"As of {at:%Y-%m-%d %H:%M:%S} UTC."


def _rules_amiss(log: TouchpointLog) -> list[str]:
    """Rules of the definitions that match nothing in the log."""
    return [f"Warning: {text}" for text in journey.definition_gaps(log)["warning"]]
