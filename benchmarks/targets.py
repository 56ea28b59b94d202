"""What the project aims at, and whether it is met in the run that is reported."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import NamedTuple

from growth import MOST as GROWTH_MOST
from growth import growths
from results import Result, seconds_of
from tasks import N_TYPES, TITLES
from words import MISSING, TIMES, amount, number, table

MILLION = 1_000_000
Rows = Iterator["Row"]


class Row(NamedTuple):
    """An aim, the figure that was measured, and whether it is met (none: not measured)."""

    aim: str
    figure: str
    is_met: bool | None


def targets_table(results: list[Result]) -> str:
    """All aims with their figures."""
    plain = [result for result in results if result["n_types"] == N_TYPES]
    rows = [row for rule in RULES for row in rule(plain)]
    marks = {True: "met", False: "**missed**", None: "not measured"}
    cells = [[row.aim, row.figure, marks[row.is_met]] for row in rows]
    note = (
        "Ratios are of medians in one run. Floors on one thread count; what the same floor takes\n"
        "on two threads is said beside it. The aims for pages, server time and bytes of a rerun,\n"
        "are measured by `benchmarks/pages.py` and stand in [page_profile.md](page_profile.md)."
    )
    return f"## Aims\n\n{note}\n\n" + table(["aim", "measured", ""], cells)


def _at_floor(results: list[Result]) -> Rows:
    for task, floor, two, most in (
        ("moves", "histogram", "histogram_2", 4),
        ("moves_mean", "histogram", "histogram_2", 8),
        ("moves_median", "sort_gaps", "sort_gaps_2", 1),
    ):
        for result in results:
            if result["n_touchpoints"] < MILLION:
                continue
            ratio = _ratio(result, ("portolan", task), ("floor", floor))
            beside = _ratio(result, ("portolan", task), ("floor", two))
            figure = f"{_times(ratio)} ({_times(beside)} of it on two threads)"
            aim = f"{TITLES[task]} ≤ {most} {TIMES} {TITLES[floor].removeprefix('floor: ')}"
            yield Row(f"{aim}, {_size(result)}", figure, None if ratio is None else ratio <= most)


def _against_peers(results: list[Result]) -> Rows:
    for task, peers, least in (
        ("moves", ("pm4py_engine", "pm4py_polars_engine"), 300),
        ("moves", ("retentioneering_engine",), 300),
        ("collapse", ("pm4py_engine", "pm4py_polars_engine"), 400),
        ("collapse", ("retentioneering_engine",), 400),
        ("removal", ("channel_attribution",), 50),
    ):
        result = _of_size(results, MILLION)
        ratios = [_ratio(result, (peer, task), ("portolan", task)) for peer in peers]
        known = [ratio for ratio in ratios if ratio is not None]
        name = {"pm4py_engine": "pm4py (the faster of its two frames)"}.get(
            peers[0],
            {"retentioneering_engine": "retentioneering"}.get(peers[0], "ChannelAttribution"),
        )
        aim = f"{TITLES[task]} ≥ {least} {TIMES} faster than {name}, 10⁶"
        fastest = min(known, default=None)
        yield Row(aim, _times(fastest), None if fastest is None else fastest >= least)


def _against_polars(results: list[Result]) -> Rows:
    result = _of_size(results, MILLION)
    for task in TITLES:
        ratio = _ratio(result, ("polars_engine", task), ("portolan", task))
        if ratio is not None:
            aim = f"{TITLES[task]} ≥ 4 {TIMES} faster than sorted Polars, 10⁶"
            yield Row(aim, _times(ratio), ratio >= 4)


def _imports(results: list[Result]) -> Rows:
    for result in results:
        cells = result["imports"].get("csv", {})
        if result["n_touchpoints"] < MILLION or not all(
            cells.get(engine, {}).get("seconds") for engine in ("portolan", "duckdb", "pandas")
        ):
            continue
        ours, duckdb, pandas = (cells[engine] for engine in ("portolan", "duckdb", "pandas"))
        slower = median(ours["seconds"]) / median(duckdb["seconds"])
        memory = ours["peak_bytes"] / pandas["peak_bytes"]
        aim = f"import of CSV ≤ 3.5 {TIMES} DuckDB merely parsing it, {_size(result)}"
        yield Row(aim, _times(slower), slower <= 3.5)
        aim = f"its peak memory ≤ 0.4 {TIMES} plain pandas, {_size(result)}"
        yield Row(aim, _times(memory), memory <= 0.4)


def _growth(results: list[Result]) -> Rows:
    found = [
        (growth, f"{TITLES[task]} {_size(small)} → {_size(large)}")
        for task, row in growths(results).items()
        for growth, small, large in zip(row, results, results[1:], strict=False)
        if growth is not None
    ]
    above = sorted((pair for pair in found if pair[0] > GROWTH_MOST), reverse=True)
    worst = max(found, default=None)
    figure = MISSING if worst is None else f"at most {amount(worst[0])} ({worst[1]})"
    figure += f"; {len(above)} of {len(found)} above" if above else ""
    sizes = ", ".join(map(_size, results))
    aim = f"t(10N) / t(N) ≤ {GROWTH_MOST} for every task ({sizes})"
    yield Row(aim, figure, None if worst is None else not above)


def _bytes(results: list[Result]) -> Rows:
    for what, most in (("kernels", 8), ("disk", 26)):
        sizes = [(result["bytes"].get(what), result["n_touchpoints"]) for result in results]
        found = max((size / n for size, n in sizes if size), default=None)
        if found is None:
            continue
        aim = {"kernels": "what kernels read", "disk": "the whole store"}[what]
        yield Row(f"{aim} ≤ {most} bytes a touchpoint", f"{found:.1f}", found <= most)
    for result in results:
        cell = result["imports"].get("csv", {}).get("portolan", {})
        if cell.get("n_rows") and result["n_touchpoints"] >= MILLION:
            size = cell["stored_bytes"] / cell["n_rows"]
            aim = "the whole data set after an import of ten columns ≤ 26 bytes a touchpoint"
            yield Row(f"{aim}, {_size(result)}", f"{size:.1f}", size <= 26)


def _largest(results: list[Result]) -> Rows:
    result = _of_size(results, 100 * MILLION)
    peaks = [
        cells["portolan"]["peak_bytes"] / 1e9
        for cells in (result or {"cells": {}})["cells"].values()
        if "peak_bytes" in cells.get("portolan", {})
    ]
    most = max(peaks, default=None)
    figure = MISSING if most is None else f"at most {most:.1f} GB resident"
    yield Row(
        "10⁸ explored by memory map within 24 GB", figure, None if most is None else most <= 24
    )


RULES: tuple[Callable[[list[Result]], Rows], ...] = (
    _at_floor,
    _against_peers,
    _against_polars,
    _imports,
    _growth,
    _bytes,
    _largest,
)


def _of_size(results: list[Result], n_touchpoints: int) -> Result | None:
    return next((result for result in results if result["n_touchpoints"] == n_touchpoints), None)


def _ratio(result: Result | None, over: tuple[str, str], under: tuple[str, str]) -> float | None:
    if result is None:
        return None
    times = [seconds_of(result, *one) for one in (over, under)]
    return times[0] / times[1] if times[0] and times[1] else None


def _times(ratio: float | None) -> str:
    return MISSING if ratio is None else f"{amount(ratio)} {TIMES}"


def _size(result: Result) -> str:
    return number(result["n_touchpoints"])
