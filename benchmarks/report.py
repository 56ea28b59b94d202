"""The benchmark's results as a page of Markdown."""

import os
import platform
from pathlib import Path
from typing import Any

from tasks import TITLES

NAMES = {
    "portolan": "Portolan",
    "pm4py_engine": "pm4py",
    "pm4py_polars_engine": "pm4py on Polars",
    "retentioneering_engine": "retentioneering",
    "pandas_engine": "plain pandas",
}
TIMES = "\N{MULTIPLICATION SIGN}"
AIMS = {"moves": 200}
AIM_ELSE = 50
PEERS_OF_AIM = ("pm4py_engine", "retentioneering_engine")

Results = dict[tuple[str, str], dict[str, Any]]

HOW = """\
## How it is measured

- One synthetic log for all: seeded, 40 touchpoint types, about 32 touchpoints a journey with a
  long tail, no two touchpoints of a journey at the same time, so that ties can't be broken
  differently. Rows come sorted by account and time, which favours engines that sort.
- Every engine answers every task in a process of its own: it loads the log into the form in which
  its users hold it (not timed), answers once to warm up, then again and again; the median is
  shown. Memory is the most the process ever had, loading included.
- Portolan answers from its stored log with no view and no earlier answer at hand, so the work of
  filters is in its times. Stages and outcomes of the journeys are at hand, as the order of events
  is in an `Eventstream`: they are worked out once for a log (last row), and once more where a
  question that needs them looks at an earlier end date.
- pm4py runs on the frame that `format_dataframe` made, as pandas and as Polars frame;
  retentioneering on an `Eventstream`, tracking off; pandas on sorted categories. Median times
  need a second call in pm4py and in retentioneering; both calls are timed.
- Answers differ in what they hold beyond the counts compared: Portolan's timed moves also give
  journeys, shares and mean times, its funnel intervals and open journeys, its variants win
  rates and median durations. Retentioneering's step flow holds no ways from step to step; its
  funnel asks for all earlier stages in order.
- Counts are compared where two engines define the same thing; *equal* means all are the same.
- The floor is what no engine can beat in one thread: a histogram of that many 16-bit keys.
"""


def document(results: Results, *, n_touchpoints: int) -> tuple[str, list[str]]:
    """The page, and in words where engines disagree."""
    disagreements = [text for task in TITLES for text in _disagreements(results, task)]
    parts = [
        "# Benchmarks",
        _commands(n_touchpoints),
        "## Time\n\nMilliseconds; in brackets how many times Portolan's.",
        _table(results, _time),
        "## Peak memory\n\nMegabytes of the whole process; in brackets how many times Portolan's.",
        _table(results, _memory),
        "## Aims and agreement",
        _aims(results),
        _floor(results),
        HOW.rstrip(),
        "## Where\n\n" + _machine(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n", disagreements


def _commands(n_touchpoints: int) -> str:
    return (
        f"{n_touchpoints:,} touchpoints. `make bench` measures a million; any other number: "
        f"`.venv/bin/python benchmarks/run.py --touchpoints {n_touchpoints}`."
    )


def _table(results: Results, cell: Any) -> str:
    lines = ["| task | " + " | ".join(NAMES.values()) + " |", "|---|" + "---:|" * len(NAMES)]
    for task, title in TITLES.items():
        ours = results["portolan", task]
        cells = [cell(results.get((engine, task)), ours) for engine in NAMES]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _time(result: dict[str, Any] | None, ours: dict[str, Any]) -> str:
    return _cell(result, ours, "seconds", 1e3)


def _memory(result: dict[str, Any] | None, ours: dict[str, Any]) -> str:
    return _cell(result, ours, "peak_bytes", 1e-6)


def _cell(result: dict[str, Any] | None, ours: dict[str, Any], key: str, factor: float) -> str:
    if result is None:
        return "—"
    if key not in result:
        return "fails"
    value = f"{result[key] * factor:,.{1 if result[key] * factor < 100 else 0}f}"
    if result is ours or key not in ours:
        return value
    ratio = result[key] / ours[key]
    return f"{value} ({ratio:,.{1 if ratio < 10 else 0}f}{TIMES})"


def _aims(results: Results) -> str:
    """Against the faster of pm4py and retentioneering, and whether all counts agree."""
    lines = [
        "Portolan against the faster of pm4py and retentioneering, and with pm4py on Polars too.",
        "",
        "| task | faster | with Polars | aim | counts |",
        "|---|---:|---:|---:|---|",
    ]
    for task, title in TITLES.items():
        plain = _ratio(results, task, PEERS_OF_AIM)
        if plain == "—":
            continue
        every = _ratio(results, task, (*PEERS_OF_AIM, "pm4py_polars_engine"))
        aim = AIMS.get(task, AIM_ELSE)
        agreement = "differ" if _disagreements(results, task) else _agreement(results, task)
        lines.append(f"| {title} | {plain} | {every} | {aim}{TIMES} | {agreement} |")
    failures = [
        f"- {NAMES[engine]} fails at {TITLES[task]}: `{result['error']}`"
        for (engine, task), result in results.items()
        if "error" in result
    ]
    return "\n".join(lines) + ("\n\n" + "\n".join(failures) if failures else "")


def _ratio(results: Results, task: str, engines: tuple[str, ...]) -> str:
    """The fastest of these engines against Portolan."""
    times = [
        results[engine, task]["seconds"]
        for engine in engines
        if "seconds" in results.get((engine, task), {})
    ]
    ours = results["portolan", task].get("seconds")
    return f"{min(times) / ours:,.0f}{TIMES}" if times and ours else "—"


def _disagreements(results: Results, task: str) -> list[str]:
    ours = results["portolan", task].get("counts", {})
    return [
        f"{TITLES[task]}: {name} of {NAMES[engine]} is {counts}, of Portolan {ours[name]}"
        for engine in NAMES
        for name, counts in results.get((engine, task), {}).get("counts", {}).items()
        if name in ours and counts != ours[name]
    ]


def _agreement(results: Results, task: str) -> str:
    """What was compared, and with how many engines."""
    ours = results["portolan", task].get("counts", {})
    engines = [engine for engine in NAMES if engine != "portolan"]
    shared = {
        name: sum(name in results.get((e, task), {}).get("counts", {}) for e in engines)
        for name in ours
    }
    return "equal: " + ", ".join(f"{name} ({n} peers)" for name, n in shared.items() if n)


def _floor(results: Results) -> str:
    floor, ours = results.get(("floor", "moves")), results["portolan", "moves"]
    if not floor or "seconds" not in floor or "seconds" not in ours:
        return ""
    return (
        f"Floor: {1e3 * floor['seconds']:.2f} ms for the histogram of the codes; Portolan's moves "
        f"with counts take {ours['seconds'] / floor['seconds']:.1f} times that."
    )


def _machine(results: Results) -> str:
    versions = {k: v for result in results.values() for k, v in result.get("versions", {}).items()}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return "\n".join(
        [
            f"- {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory",
            f"- {platform.system()}, Python {platform.python_version()}",
            "- " + ", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
        ]
    )


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
