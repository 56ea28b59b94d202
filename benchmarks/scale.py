"""What was measured, carried on to logs that no single machine holds: the page 'Scale on paper'."""

from math import ceil
from statistics import median
from typing import Final, NamedTuple

from growth import MOST, growths
from results import Result, instant, seconds_of
from tasks import FLOORS, N_TYPES, TITLES
from words import MISSING, TIMES, amount, number, table

SIZES: Final = {"a billion": 10**9, "a hundred billion": 10**11}
ROWS_PER_SHARD: Final = 2_000_000
"""The most that workers write into a shard; what no single machine holds is imported by them."""

WAIT_SECONDS: Final = 2.0
"""What the cores are to make of the map's questions, cluster overhead aside."""

HELD_BYTES_PER_CORE: Final = 2 * 10**9
"""Half of the 4 GB a core of a general-purpose machine comes with, for what kernels read."""

TASK_SECONDS: Final = 0.002
DRIVER_BYTES_PER_SECOND: Final = 100 * 10**6
PRICE_PER_CORE_HOUR: Final = 0.05
SECONDS_PER_HOUR: Final = 3_600


class Overhead(NamedTuple):
    """What a cluster adds to a question: for itself, and for each shard; how it is known."""

    fixed_seconds: float
    task_seconds: float
    source: str


MEASURED_BEFORE: Final = Overhead(
    0.6,
    TASK_SECONDS,
    "0.6 s for a warm question to four shards (7.7 s the first time), measured once on a "
    f"standalone cluster of two workers on loopback; {1e3 * TASK_SECONDS:.0f} ms of the driver for "
    "each shard's task is assumed, not measured",
)


class Cluster(NamedTuple):
    """What a log of a size needs, at the bytes and seconds that were measured."""

    n_touchpoints: int
    kernel_bytes: float
    disk_bytes: float
    n_shards: int
    n_cores: int


def scale_document(results: list[Result], overhead: Overhead) -> str:
    """The page; where nothing was measured only its formula."""
    plain = [result for result in results if result["n_types"] == N_TYPES]
    measured = [result for result in plain if "kernels" in result["bytes"]]
    parts = ["# Scale on paper", INTRO, _formula(overhead)]
    if measured:
        base = measured[-1]
        clusters = {name: cluster_for(n, base) for name, n in SIZES.items()}
        parts += ["## What it comes to", _basis(base), _needs(clusters)]
        parts += [_questions(base, clusters, overhead), _import(plain, clusters)]
        parts += [IMPORT, "## Whether it is linear", _linear(plain)]
    return "\n\n".join([*(part for part in parts if part), _limits(overhead)]) + "\n"


def core_seconds(base: Result, task: str) -> float | None:
    """Seconds of one core for a touchpoint, at the size measured."""
    seconds = seconds_of(base, "portolan", task)
    n_cores = float(base["machine"]["n_cores"])
    return seconds * n_cores / base["n_touchpoints"] if seconds else None


def cluster_for(n_touchpoints: int, base: Result) -> Cluster:
    """Enough cores to hold what kernels read, and to answer the map's questions in good time."""
    kernel, disk = (base["bytes"][what] / base["n_touchpoints"] for what in ("kernels", "disk"))
    work = (core_seconds(base, "map_page") or 0) * n_touchpoints
    held = kernel * n_touchpoints / HELD_BYTES_PER_CORE
    return Cluster(
        n_touchpoints,
        kernel * n_touchpoints,
        disk * n_touchpoints,
        ceil(n_touchpoints / ROWS_PER_SHARD),
        4 * ceil(max(held, work / WAIT_SECONDS, 1) / 4),
    )


def overhead_of(measured: list[dict[str, float]]) -> Overhead:
    """From questions to logs of fewest and of most shards; else what was measured before."""
    if len(measured) < 2 or measured[0]["n_shards"] == measured[-1]["n_shards"]:
        return MEASURED_BEFORE
    few, many = measured[0], measured[-1]
    task = max(0.0, (many["more"] - few["more"]) / (many["n_shards"] - few["n_shards"]))
    fixed = max(0.0, few["more"] - few["n_shards"] * task)
    source = (
        f"what a standalone cluster of two workers on loopback adds to a warm question: "
        f"{number(few['more'])} s at {few['n_shards']:.0f} shards (the first time "
        f"{number(few['first'])} s), {number(many['more'])} s at {many['n_shards']:.0f}; the line "
        "through both gives the two figures above"
    )
    return Overhead(fixed, task, source)


def waiting_seconds(
    cluster: Cluster, work: float, answer_bytes: float, overhead: Overhead
) -> float:
    """From the question to the answer, on that cluster."""
    told = overhead.task_seconds + answer_bytes / DRIVER_BYTES_PER_SECOND
    return work / cluster.n_cores + overhead.fixed_seconds + cluster.n_shards * told


def _basis(base: Result) -> str:
    answer = base["bytes"].get("answer_bytes", 0)
    return (
        f"From the run at {number(base['n_touchpoints'])} touchpoints on "
        f"{base['machine']['n_cores']} cores ({base['machine']['processor']}), measured "
        f"{instant(base)}, load before "
        f"{base['load_before']:.1f}; one shard's answer about moves is "
        f"{number(answer / 1e3)} kB."
    )


def _needs(clusters: dict[str, Cluster]) -> str:
    rows = [
        ["touchpoints", *(number(cluster.n_touchpoints) for cluster in clusters.values())],
        ["read by kernels", *(_gigabytes(cluster.kernel_bytes) for cluster in clusters.values())],
        ["store on disk", *(_gigabytes(cluster.disk_bytes) for cluster in clusters.values())],
        ["shards", *(number(cluster.n_shards) for cluster in clusters.values())],
        ["cores", *(number(cluster.n_cores) for cluster in clusters.values())],
        ["such a cluster for an hour, USD", *(_hour(cluster) for cluster in clusters.values())],
    ]
    return table(["", *clusters], rows)


def _hour(cluster: Cluster) -> str:
    return number(cluster.n_cores * PRICE_PER_CORE_HOUR)


def _questions(base: Result, clusters: dict[str, Cluster], overhead: Overhead) -> str:
    answer = base["bytes"].get("answer_bytes", 0)
    heading = ["question", "ns of a core a touchpoint"]
    for name in clusters:
        heading += [f"{name}: core-seconds", "seconds to wait", "USD"]
    rows: list[list[str]] = []
    for task, title in TITLES.items():
        cost = core_seconds(base, task)
        if cost is None or task in FLOORS:
            continue
        row = [title, number(1e9 * cost)]
        for cluster in clusters.values():
            work = cost * cluster.n_touchpoints
            price = work * PRICE_PER_CORE_HOUR / SECONDS_PER_HOUR
            wait = waiting_seconds(cluster, work, answer, overhead)
            row += [number(work), number(wait), f"{price:.2g}"]
        rows.append(row)
    return table(heading, rows)


def _import(results: list[Result], clusters: dict[str, Cluster]) -> str:
    """Ingest, from the largest import that was measured."""
    known = [result for result in results if result["imports"].get("csv", {}).get("portolan")]
    seconds = known[-1]["imports"]["csv"]["portolan"]["seconds"] if known else []
    if not seconds:
        return ""
    cost = median(seconds) * known[-1]["machine"]["n_cores"] / known[-1]["n_touchpoints"]
    words = [
        f"{name} {number(cost * cluster.n_touchpoints / SECONDS_PER_HOUR)} core-hours, "
        f"{number(cost * cluster.n_touchpoints / SECONDS_PER_HOUR * PRICE_PER_CORE_HOUR)} USD"
        for name, cluster in clusters.items()
    ]
    return (
        f"Import of a CSV of ten columns, once: {number(1e6 * cost)} µs of a core a row "
        f"(measured at {number(known[-1]['n_touchpoints'])} rows); " + "; ".join(words) + "."
    )


def _linear(results: list[Result]) -> str:
    """The growths that the whole page rests on."""
    found = [
        (growth, TITLES[task])
        for task, row in growths(results).items()
        for growth in row[-1:]
        if growth is not None
    ]
    if not found:
        return MISSING
    worst, least = max(found), min(found)
    return (
        f"From {number(results[-2]['n_touchpoints'])} to {number(results[-1]['n_touchpoints'])} "
        f"touchpoints, times grow between {amount(least[0])} ({least[1]}) and "
        f"{amount(worst[0])} times ({worst[1]}); {sum(g > 10 for g, _ in found)} of {len(found)} "
        f"more than tenfold. The aim is at most {MOST}. All growths stand in "
        "[benchmarks.md](benchmarks.md)."
    )


def _gigabytes(size: float) -> str:
    return f"{number(size / 1e9)} GB"


INTRO = """\
A log is a set of shards and every question is put to each of them, so the work grows with the
touchpoints and the answer with the touchpoint types. This page carries what was measured on one
small machine to a billion and to a hundred billion touchpoints. It is arithmetic, not a
measurement; what is which is said at the end. `make bench` writes it anew."""


IMPORT: Final = """\
## Import on a cluster

Measured once, in processor time of all tasks done one after another in one process, on CSV of six
columns in four parts (two cores shared with other work;
`PYTHONPATH=. .venv/bin/python benchmarks/import_rounds.py` measures it anew), and the log compared
with that of one machine each time:

| rows | µs of a core a row | of it staging | by all workers | by one worker alone |
|---:|---:|---:|---:|---:|
| 100,000 | 44.8 | 18.0 | 41.9 | 2.9 |
| 300,000 | 16.7 | 6.5 | 15.4 | 1.3 |
| 1,000,000 | 8.5 | 2.6 | 7.9 | 0.6 |

Each task costs some tenths of a second whatever it holds, which is why parts should be large; the
cost of a row still falls at a million. Between workers 74 bytes a row travel, both ways together.
Peak memory of that one process was 1.1 GB at a million rows.

Carried on from a million rows, as an upper bound: a billion 2.2 core-hours by all workers and 10
minutes by one worker alone, a hundred billion 220 core-hours and 16 hours. So that part decides:
with twenty cores a billion takes some 17 minutes, of which 10 are one worker's (less where it has
several cores, of which its database uses all). At a hundred billion it is too much for one worker,
and logs should be imported by region or year. Not measured: a network, many workers, ids or visits
to be related at that size, a log of more than 2,000 shards."""


def _formula(overhead: Overhead) -> str:
    return f"""\
## The formula

- bytes(N) = N {TIMES} bytes a touchpoint, as measured
- shards(N) = N / {ROWS_PER_SHARD:,}, the most in a shard that a cluster imports
- core-seconds(N) = N {TIMES} cores {TIMES} t(N₀) / N₀, with t(N₀) the median time at the largest
  log measured
- cores = the larger of bytes read by kernels / {HELD_BYTES_PER_CORE / 1e9:.0f} GB (what a core of a
  general-purpose machine can hold of them beside its own needs) and the core-seconds of the journey
  map's questions / {WAIT_SECONDS:.0f} s, rounded up to fours
- wait(N) = core-seconds / cores + {number(overhead.fixed_seconds)} s for the question + shards
  {TIMES} ({number(1e3 * overhead.task_seconds)} ms for a task + bytes of one answer /
  {DRIVER_BYTES_PER_SECOND / 1e6:.0f} MB/s)
- money = core-seconds {TIMES} price; {PRICE_PER_CORE_HOUR} USD a core-hour as an example, about
  what clouds ask for general-purpose machines by the hour. It is the share of a question; a cluster
  that waits for questions costs its hours."""


def _limits(overhead: Overhead) -> str:
    return f"""\
## What was measured, what is carried on

Measured: bytes a touchpoint; times and growth up to the largest log of
[benchmarks.md](benchmarks.md). Of the cluster: {overhead.source}.
`PYTHONPATH=. .venv/bin/python benchmarks/cluster.py spark://HOST:PORT` measures it anew.

Carried on: that a shard takes as long on another machine as here, with cores that share memory no
worse; that shards are spread evenly and lie in memory (from disk, add bytes / the disks' speed);
that each further shard costs the driver as much as the one before, and that it takes in answers at
{DRIVER_BYTES_PER_SECOND / 1e6:.0f} MB/s.

Where it bends:

- At a hundred billion touchpoints the tasks and answers, not the kernels, decide the wait: one task
  a shard is right for a billion and too many for a hundred. Larger shards divide that part by as
  much as they grow.
- Answers are bounded by types, so moves among thousands of types weigh more: each shard tells up to
  as many moves as it has different ones.
- Exact medians and the stalled list ask in rounds, and a page asks several questions: each round
  pays the overhead again, which the table counts once a row.
- Stages and outcomes are worked out once for a log and its definitions, then kept by the workers as
  long as they have room; a change of definitions pays for them anew.
- Variants are as many as there are different journeys; they are merged on the workers, by a
  shuffle, whose cost is not in the table."""
