"""Measure every page after a change of filters: time at the server, bytes to the browser.

PYTHONPATH=. python benchmarks/pages.py [--touchpoints 1000000] [--store DIRECTORY] [--profile]

The app runs in a real server of its own; this speaks its protocol as a browser would, telling
which large messages it still has. Each filter is new to the server, so nothing of it is remembered.
"""

import argparse
import gzip
import os
import pstats
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
from make_log import make_log
from make_sample import make_sample
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

import journey

ROOT = Path(__file__).resolve().parent.parent
DATASET = "Benchmark"
PAGES = {
    "Overview": "overview",
    "Journey map": "journey_map",
    "Journey map, as table": "journey_map:Table",
    "Paths, step by step": "paths",
    "Paths, whole": "paths:Whole paths",
    "Stages, funnel": "stages",
    "Stages, drop-off": "stages:Drop-off",
    "Stages, last touches": "stages:Last touches",
    "Stages, time to next": "stages:Time to next stage",
    "Stages, back moves": "stages:Back moves",
    "Segments, win rate": "segments",
    "Segments, outcomes": "segments:Outcomes",
    "Segments, stages": "segments:Stages",
    "Lifecycle, questions": "lifecycle",
    "Lifecycle, moves": "lifecycle:Moves between stages",
    "Lifecycle, reach": "lifecycle:Reach",
    "Lifecycle, after the sale": "lifecycle:After the sale",
    "Lifecycle, all figures": "lifecycle:All figures",
    "Content, holes": "content",
    "Content, use and wins": "content:Use and wins",
    "Content, calls to action": "content:Calls to action",
    "Feelings, touchpoints": "feelings",
    "Feelings, stages": "feelings:Stages",
    "Feelings, outcomes": "feelings:Outcomes",
    "Build a segment": "segment_builder",
    "Compare, stages": "compare",
    "Compare, map": "compare:Map",
    "Compare, step by step": "compare:Step by step",
    "Compare, two periods": "compare:Two periods",
    "Ideal customer, profile": "ideal_customer",
    "Ideal customer, traits": "ideal_customer:Traits",
    "Ideal customer, by month": "ideal_customer:Are we selling to it?",
    "Personas, cards": "personas",
    "Personas, wins": "personas:With whom we win",
    "Personas, parts": "personas:Who plays which part",
    "Personas, group": "personas:The group that wins",
    "Stalled accounts": "stalled_accounts",
    "Lead scores, leads": "lead_scores",
    "Lead scores, rules": "lead_scores:Rules",
    "Lead scores, model": "lead_scores:Model",
    "Lead scores, drivers": "lead_scores:Drivers",
    "Lead scores, not buyers": "lead_scores:Not buyers",
    "Nurture, by month": "nurture",
    "Nurture, scores": "nurture:Scores of new leads",
    "Nurture, programmes": "nurture:Programmes",
    "Nurture, triggers": "nurture:Triggers",
    "Nurture, content": "nurture:Content",
    "Nurture, comparison": "nurture:Nurtured or not",
    "Handoffs, by owner": "handoffs",
    "Handoffs, by month": "handoffs:By month",
    "Ownership, matrix": "ownership",
    "Ownership, promises": "ownership:Promises",
    "Ownership, waiting": "ownership:Waiting now",
    "Attribution": "attribution",
    "Forecast": "forecast",
    "Costs, by month": "costs",
    "Costs, by channel": "costs:By channel",
    "Costs, campaigns": "costs:Campaigns",
}
UNFILTERED = {"Account": "account", "Quality": "quality", "Definitions": "definitions"}
MAKERS = {"sample": make_sample, "plain": partial(make_log, with_parquet=False)}
SECONDS_TO_START = 60
FINISHED = "script_finished"


@dataclass(frozen=True)
class Run:
    """One run of a page: time until its end, time of the processor, bytes, bytes if packed."""

    seconds: float
    cpu_seconds: float
    n_bytes: int
    n_packed: int


@dataclass
class Browser:
    """What a browser keeps between runs of a page."""

    socket: ClientConnection
    server_id: int
    page_script_hash: str = ""
    cached: set[str] = field(default_factory=set)
    widgets: dict[str, str] = field(default_factory=dict)

    def ask(self, page: str, query: dict[str, str], view: str | None = None) -> Run:
        """Ask for a page and wait until its run ends."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string = urlencode({"data": DATASET, **query})
        if self.page_script_hash:
            state.page_script_hash = self.page_script_hash
        else:
            state.page_name = page
        state.cached_message_hashes.extend(self.cached)
        if view is not None and view in self.widgets:
            chosen = state.widget_states.widgets.add()
            chosen.id = self.widgets[view]
            chosen.string_array_value.data.append(view)
        begin, cpu_begin = time.perf_counter(), cpu_seconds(self.server_id)
        self.socket.send(message.SerializeToString())
        sent = list(self._until_finished())
        seconds, cpu = time.perf_counter() - begin, cpu_seconds(self.server_id) - cpu_begin
        n_packed = sum(len(gzip.compress(one, 1)) for one in sent)
        return Run(seconds, cpu, sum(map(len, sent)), n_packed)

    def _until_finished(self) -> Iterator[bytes]:
        while True:
            raw = self.socket.recv(timeout=600)
            assert isinstance(raw, bytes)
            yield raw
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable:
                self.cached.add(message.hash)
            if kind == "navigation":
                self.page_script_hash = message.navigation.page_script_hash
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(message.delta.new_element.exception.message)
            if kind == "delta" and message.delta.new_element.HasField("button_group"):
                group = message.delta.new_element.button_group
                self.widgets |= {option.content: group.id for option in group.options}
            if kind == FINISHED and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return


def cpu_seconds(process_id: int) -> float:
    """Processor time of a process so far, which other work on the machine hardly changes."""
    numbers = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def filters(log: journey.TouchpointLog, place: int) -> Iterator[dict[str, str]]:
    """Changes of filters, none of them twice for different places."""
    industries = [name for name in log.filter_values("industry") if name]
    chosen = [some for size in (2, 3, 4) for some in combinations(industries, size)]
    left_out = list(combinations(log.touchpoint_types, 2))
    first, last = pd.Timestamp(log.first_at), pd.Timestamp(log.last_at)
    for turn in range(2):
        number = 2 * place + turn
        since = first + (last - first) / 3 + pd.Timedelta(days=number)
        until = last - pd.Timedelta(days=100 - number % 100)
        yield {"where.industry": ",".join(chosen[number % len(chosen)])}
        yield {"from": f"{since:%Y-%m-%d}", "to": f"{until:%Y-%m-%d}"}
        yield {"exclude": ",".join(left_out[number])}
        yield {"collapse": "yes", "exclude": ",".join(left_out[-1 - number])}


def make_dataset(store: Path, workspace: Path) -> None:
    """Let the workspace hold the store."""
    shutil.copytree(store, workspace / "datasets" / DATASET, copy_function=os.link)


@contextmanager
def server(workspace: Path, profile: Path | None) -> Iterator[tuple[str, int]]:
    """Serve the app on a free port until the block ends; gives its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = ["-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    profiled = [str(ROOT / "benchmarks" / "page_server.py"), str(port), str(profile)]
    process = subprocess.Popen(
        [sys.executable, *(profiled if profile else app)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PORTOLAN_WORKSPACE": str(workspace), "PYTHONPATH": str(ROOT)},
    )
    try:
        wait_until_healthy(port)
        yield f"127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(60)


def wait_until_healthy(port: int) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"The app did not start within {SECONDS_TO_START} seconds.")


@contextmanager
def browser(served: tuple[str, int]) -> Iterator[Browser]:
    """Open a window of the app."""
    address, process_id = served
    with connect(f"ws://{address}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as to:
        yield Browser(to, process_id)


def measure_page(
    served: tuple[str, int], queries: Iterable[dict[str, str]], page: str, view: str | None
) -> tuple[Run, Run]:
    """The first run of a page in its own window, and what is usual after a change of filters."""
    with browser(served) as window:
        first = window.ask(page, {})
        if view is not None:
            window.ask(page, {}, view)
        runs = [window.ask(page, query, view) for query in queries]
    return first, usual(runs)


def usual(runs: list[Run]) -> Run:
    """The median of each figure; the mean of processor time, which is told in coarse ticks."""
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.mean(run.cpu_seconds for run in runs),
        int(statistics.median(run.n_bytes for run in runs)),
        int(statistics.median(run.n_packed for run in runs)),
    )


def measure(workspace: Path, profile: Path | None, wanted: str) -> dict[str, tuple[Run, Run]]:
    """First run and median rerun of every page; the very first is that after opening the data."""
    log = journey.open_log(workspace / "datasets" / DATASET)
    measured: dict[str, tuple[Run, Run]] = {}
    with server(workspace, profile) as served:
        for place, (title, path) in enumerate(PAGES.items()):
            if wanted not in title:
                continue
            page, _, view = path.partition(":")
            measured[title] = measure_page(served, filters(log, place), page, view or None)
            print(row(title, *measured[title]), flush=True)
        for title, page in UNFILTERED.items():
            if wanted not in title:
                continue
            with browser(served) as window:
                runs = [window.ask(page, {}) for _ in range(6)]
            measured[title] = runs[0], usual(runs[1:])
            print(row(title, *measured[title]), flush=True)
    return measured


HEAD = """| page | first, ms | after a filter, ms | processor, ms | sent, kB | packed, kB |
|---|--:|--:|--:|--:|--:|"""


def row(title: str, first: Run, again: Run) -> str:
    """One line of the table."""
    return (
        f"| {title} | {1e3 * first.seconds:,.0f} | {1e3 * again.seconds:,.0f} "
        f"| {1e3 * again.cpu_seconds:,.0f} "
        f"| {again.n_bytes / 1e3:,.0f} | {again.n_packed / 1e3:,.0f} |"
    )


PARTS = {
    "questions, merging (journey.analysis, log, store)": (
        "journey/analysis",
        "journey/log",
        "journey/store",
        "journey/facts",
        "journey/selection",
        "journey/kernels",
    ),
    "pictures (journey.charts)": ("journey/charts",),
    "app (pages, journey.ui)": ("journey/ui", "main/pages", "main/app.py", "/pages/", "app.py"),
    "Plotly": ("plotly", "_plotly_utils"),
    "pandas, NumPy, Arrow": ("pandas", "numpy", "pyarrow"),
    "networkx": ("networkx",),
    "Streamlit": ("streamlit", "google", "protobuf"),
}


def profile_table(path: Path) -> str:
    """Where the processor time of the threads that run pages went, by the package of the code.

    Compiled loops over shards run in threads of their own and are not in it.
    """
    stats = pstats.Stats(str(path)).stats  # type: ignore[attr-defined] -- made at run time
    spent = dict.fromkeys([*PARTS, "Python itself and the rest"], 0.0)
    for (file, _, name), (_, _, own, _, _) in stats.items():
        where = f"{file} {name}"
        part = next((one for one, marks in PARTS.items() if any(m in where for m in marks)), None)
        spent[part or "Python itself and the rest"] += own
    total = sum(spent.values()) or 1.0
    lines = [f"| {name} | {seconds / total:.0%} |" for name, seconds in spent.items()]
    return "\n".join(["| where | of the time |", "|---|--:|", *lines])


def made_store(kind: str, n_touchpoints: int) -> Path:
    """A log of so many touchpoints, made where it isn't there yet."""
    store = ROOT / "build" / "benchmarks" / f"{kind}-{n_touchpoints}" / "store"
    if not store.exists():
        MAKERS[kind](n_touchpoints, store.parent)
    return store


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path, help="measured instead of a log made for it")
    parser.add_argument("--page", default="", help="measure only pages with this in their title")
    parser.add_argument("--profile", type=Path, help="profile all runs into this file")
    parser.add_argument("--log", choices=MAKERS, default="sample", help="which log is made")
    options = parser.parse_args()
    store = options.store or made_store(options.log, options.touchpoints)
    with tempfile.TemporaryDirectory(dir=store.parent) as workspace:
        make_dataset(store, Path(workspace))
        print(HEAD)
        measure(Path(workspace), options.profile, options.page)
    if options.profile:
        print(profile_table(options.profile))


if __name__ == "__main__":
    main()
