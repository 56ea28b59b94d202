"""The page of benchmarks, from what is kept in ``results``."""

from collections.abc import Callable
from statistics import median
from typing import Any

from agreement import agreed, disagreements
from growth import growth_table
from plan import IMPORT_MOST, NAMES
from results import Result, instant, peak_of, seconds_of
from targets import targets_table
from tasks import FLOORS, N_TYPES, TITLES
from words import MISSING, TIMES, amount, milliseconds, number, table

INTRO = """\
# Benchmarks

`make bench` measures 10⁵, 10⁶ and 10⁷ touchpoints and writes this page. The rest, one command each:

- `.venv/bin/python benchmarks/run.py --touchpoints 100000000`: 10⁸, Portolan and the floors
- `.venv/bin/python benchmarks/run.py --touchpoints 10000000 --slow-peers --imports`: the slow peers
  and the imports at 10⁷ too
- `.venv/bin/python benchmarks/run.py --touchpoints 10000000 --types 5000`: thousands of types
- `.venv/bin/python benchmarks/run.py --report-only`: this page again from what was measured last

Where the time of a page's rerun goes stands in [page_profile.md](page_profile.md); what a billion
touchpoints and more take, in [scale.md](scale.md)."""

BUSY_LOAD = 1
BUSY = """\
**Other work ran on the same cores** where the load before is above one: times are too long and
ratios rough there, and what runs on several threads suffers most."""

HOW = """\
## How it is measured

- One synthetic log for all: seeded, 40 touchpoint types, about 32 touchpoints a journey with a
  long tail, no two touchpoints of a journey at the same time, so that ties can't be broken
  differently. Rows come sorted by account and time, which favours engines that sort.
- Each engine holds the log in a process of its own, in the form in which its users hold it; that
  is not timed with the questions. Then all engines and the floors are asked task by task, three
  rounds over all of them, so that what else the machine does falls on all alike. The first round
  warms up with one more run; an answer that takes longer than a cell's share of time is run once.
- Each engine runs on as many threads as it takes by itself; Portolan on one for each core.
- A cell is the median of all runs and in small print the fastest; ratios are of medians of the
  same run. Peak memory is of the whole process while it answers, the loaded log included.
- Portolan answers from its stored log with no view and no earlier answer at hand, so the work of
  filters is in its times. Stages and outcomes of the journeys are at hand, as the order of events
  is in an `Eventstream`: they are worked out once for a log (row of its own). A page's questions
  are asked of a newly filtered view.
- pm4py runs on the frame that `format_dataframe` made, as pandas and as Polars frame;
  retentioneering on an `Eventstream`, tracking off; pandas on sorted categories; Polars on a
  sorted frame of codes with shifts over neighbours; r4pm on its `EventLog`; ChannelAttribution on
  one row for each different path. Median and mean times need a second call in pm4py and
  retentioneering, which is timed.
- Answers differ in what they hold beyond the counts compared: Portolan's moves with times also
  hold shares, wins or directions, its funnel intervals and open journeys, its variants win rates
  and median durations. pm4py's mean times come without journeys. Retentioneering's step flow holds
  no ways from step to step; its funnel asks for all earlier stages in order.
- ChannelAttribution simulates removal effects; Portolan's are exact.
- The floors run over plain arrays of as many numbers as there are touchpoints: a histogram of
  16-bit keys, NumPy's sort of all gaps and of moves packed with their gaps, on one thread and,
  where the row says so, on two."""


def document(results: list[Result]) -> tuple[str, list[str]]:
    """The page, and in words where engines disagree."""
    plain = [result for result in results if result["n_types"] == N_TYPES]
    parts = [INTRO, _when(results), targets_table(results), "## Time", _read_me()]
    parts += [_size(result) for result in plain]
    parts += ["## Imports", *_imports(plain)]
    parts += ["## Growth", growth_table(plain)]
    parts += ["## Bytes a touchpoint", _bytes(results)]
    parts += [_many_types(result) for result in results if result["n_types"] != N_TYPES]
    parts += ["## Agreement and gaps", *(agreed(result) for result in plain), HOW]
    parts += ["## Where", _where(results)]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return text, [line for result in plain for line in disagreements(result)]


def _read_me() -> str:
    return (
        f"Median in milliseconds, in brackets how many {TIMES} Portolan's, in small print the "
        "fastest run. '—': the engine has no such question."
    )


def _when(results: list[Result]) -> str:
    lines = [
        f"- {_named(result)}: measured {instant(result)}, load of the machine before "
        f"{result['load_before']:.1f} on {result['machine']['n_cores']} cores"
        for result in results
    ]
    if any(result["load_before"] > BUSY_LOAD for result in results):
        lines += ["", BUSY]
    return "\n".join(lines)


def _named(result: Result) -> str:
    types = f", {number(result['n_types'])} types" if result["n_types"] != N_TYPES else ""
    return f"{number(result['n_touchpoints'])} touchpoints{types}"


def _size(result: Result) -> str:
    loads = result["loads"]
    engines = [engine for engine in NAMES if "tasks" in loads.get(engine, {}) and engine != "floor"]
    tasks = [task for task in result["cells"] if task not in FLOORS]
    times = _cells(result, tasks, engines, seconds_of, milliseconds)
    memory = _cells(result, tasks, engines, peak_of, lambda size: number(size / 1e6))
    heading = ["task", *(NAMES[engine] for engine in engines)]
    ready = ["made ready, seconds", *(number(loads[engine]["seconds"]) for engine in engines)]
    return "\n\n".join(
        [
            f"### {_named(result)}",
            table(heading, [*times, ready]),
            _floors(result),
            "Peak memory, megabytes:",
            table(heading, memory),
        ]
    )


def _floors(result: Result) -> str:
    tasks = [task for task in result["cells"] if task in FLOORS]
    return table(
        ["floor", "milliseconds"], _cells(result, tasks, ["floor"], seconds_of, milliseconds)
    )


def _cells(
    result: Result,
    tasks: list[str],
    engines: list[str],
    value_of: Callable[[Result, str, str], float | None],
    shown: Callable[[float], str],
) -> list[list[str]]:
    rows: list[list[str]] = []
    for task in tasks:
        row = [TITLES[task].removeprefix("floor: ")]
        for engine in engines:
            value = value_of(result, engine, task)
            cell = result["cells"][task].get(engine)
            row.append(_cell(result, task, engine, value, shown) if cell else MISSING)
        rows.append(row)
    return rows


def _cell(
    result: Result,
    task: str,
    engine: str,
    value: float | None,
    shown: Callable[[float], str],
) -> str:
    if value is None:
        return "fails"
    text = shown(value)
    if shown is not milliseconds:
        return text
    ours = seconds_of(result, "portolan", task)
    fastest = milliseconds(min(result["cells"][task][engine]["seconds"]))
    ratio = f" ({amount(value / ours)}{TIMES})" if ours and engine != "portolan" else ""
    return f"{text}{ratio} <sub>{fastest}</sub>"


def _imports(results: list[Result]) -> list[str]:
    """One export of ten columns as CSV and as Parquet."""
    rows = [
        [
            number(result["n_touchpoints"]),
            kind,
            *(_import_cell(cells, engine) for engine in ("portolan", "duckdb", "pandas")),
        ]
        for result in results
        for kind, cells in result["imports"].items()
    ]
    heading = ["rows", "file", "Portolan", "DuckDB merely parses", "plain pandas reads and sorts"]
    note = (
        "One export of ten columns: seconds and peak memory, in brackets Portolan's time against "
        "this one's, and Portolan's memory against this one's. Above "
        f"{number(IMPORT_MOST)} rows with `--imports`. More in "
        "[benchmarks_import.md](benchmarks_import.md)."
    )
    return [note, table(heading, rows)] if rows else []


def _import_cell(cells: dict[str, Any], engine: str) -> str:
    cell, ours = cells[engine], cells["portolan"]
    if not cell["seconds"]:
        return f"fails: {cell['error']}"
    text = f"{number(median(cell['seconds']))} s, {number(cell['peak_bytes'] / 1e6)} MB"
    if engine == "portolan" or not ours["seconds"]:
        return text
    slower = median(ours["seconds"]) / median(cell["seconds"])
    larger = ours["peak_bytes"] / cell["peak_bytes"]
    return f"{text} ({amount(slower)}{TIMES}, {amount(larger)}{TIMES})"


def _bytes(results: list[Result]) -> str:
    rows = [
        [
            _named(result),
            number(result["bytes"]["n_shards"]),
            f"{result['bytes']['kernels'] / result['n_touchpoints']:.2f}",
            f"{result['bytes']['disk'] / result['n_touchpoints']:.2f}",
            *_imported_bytes(result),
        ]
        for result in results
        if "kernels" in result["bytes"]
    ]
    heading = [
        "log",
        "shards",
        "read by kernels (type, time, journeys)",
        "whole store on disk (with channel, value, accounts)",
        "whole data set after the import of ten columns",
    ]
    return table(heading, rows)


def _imported_bytes(result: Result) -> list[str]:
    cell = result["imports"].get("csv", {}).get("portolan", {})
    return [f"{cell['stored_bytes'] / cell['n_rows']:.1f}" if cell.get("n_rows") else MISSING]


def _many_types(result: Result) -> str:
    tasks = [task for task in result["cells"] if task not in FLOORS]
    rows = _cells(result, tasks, ["portolan"], seconds_of, milliseconds)
    parts = [
        "## Thousands of types",
        f"{_named(result)}, milliseconds.",
        table(["task", "Portolan"], rows),
        _floors(result),
    ]
    return "\n\n".join(parts)


def _where(results: list[Result]) -> str:
    if not results:
        return ""
    here = results[-1]["machine"]
    versions = {
        name: version
        for result in results
        for load in result["loads"].values()
        for name, version in load.get("versions", {}).items()
    }
    return "\n".join(
        [
            f"- {here['processor']}, {here['n_cores']} cores, {here['memory_gb']} GB of memory",
            f"- {here['system']}, Python {here['python']}",
            "- " + ", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
        ]
    )
