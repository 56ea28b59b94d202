"""Kernels compiled before a page asks for them: in a process of their own, kept on disk.

A kernel is compiled for the types of the arrays that it is given. So small logs, with codes of each
width and times of both units, are asked what pages ask: these are the types that pages give, but
for logs of more than 256 touchpoint types.

python -m journey.ui.compile_ahead
"""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import llvmlite.binding as llvm
import numba
import numpy as np

from journey import kernels, percentiles
from journey.analysis.figures import ranks
from journey.kernels.moves import count_moves
from journey.log import TouchpointLog
from journey.store.layout import MICROSECONDS, Store, frozen
from journey.ui.page_questions import ask_all
from journey.ui.small_log import small_log
from journey.workspace import write_whole

WIDTHS: Final = (np.uint16, np.uint8, np.uint32)
"""Of codes other than those of types, the most likely first."""

_LEAST_URGENT: Final = 19
_ROOT: Final = Path(__file__).parents[2]
_started: list[subprocess.Popen[bytes]] = []


def compile_ahead() -> None:
    """Ask all that pages ask, and note that all kernels are compiled, as they were at the start."""
    state = _state_of_kernels()
    for log in logs_of_all_types():
        ask_all(log)
    write_whole(_mark(), state)


def compile_in_background() -> None:
    """Compile in another process, unless all is compiled; it gives way to whatever else runs."""
    if _mark().exists() and _mark().read_text(encoding="ascii") == _state_of_kernels():
        return
    words = f"from {__name__} import compile_for_app; compile_for_app()"
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", words], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    _started.append(process)


def compile_for_app() -> None:
    """Compile in the process that the app started, and end when the app does."""
    if hasattr(os, "nice"):
        os.nice(_LEAST_URGENT)
    threading.Thread(target=_end_with_app, daemon=True).start()
    count_as_in_large_logs()
    compile_ahead()


def _end_with_app() -> None:
    # Nothing is sent: it ends when whoever holds the other end does. The file of Python's own would
    # be locked meanwhile, and its end is fatal once all is compiled.
    os.read(sys.stdin.fileno(), 1)
    os._exit(0)


def count_as_in_large_logs() -> None:
    """From now on count few values as many are counted; of a process that does nothing else."""
    ranks.COLLECTED_FEW, percentiles.N_CELLS = 0, 2


def logs_of_all_types() -> Iterator[TouchpointLog]:
    """The small log with codes of every width, its times in seconds, then in microseconds."""
    log = small_log()
    in_microseconds = log.origin.ticks_per_second * MICROSECONDS
    for ticks_per_second in (log.origin.ticks_per_second, in_microseconds):
        for width in WIDTHS:
            yield replace(log, origin=_stored_as(log.origin, width, ticks_per_second))


def _stored_as(store: Store, width: Any, ticks_per_second: int) -> Store:
    """The same store with wider codes, or with finer times, as a larger or another log has them."""
    finer = ticks_per_second // store.ticks_per_second
    shards = [
        replace(
            shard,
            cases=frozen(shard.cases.astype(width)),
            ticks=shard.ticks if finer == 1 else frozen(shard.ticks.astype(np.int64) * finer),
            codes={
                name: codes if name == "touchpoint" else frozen(codes.astype(width))
                for name, codes in shard.codes.items()
            },
        )
        for shard in store.shards
    ]
    about = f"{store.fingerprint} {np.dtype(width)} {ticks_per_second}"
    return replace(
        store, shards=tuple(shards), ticks_per_second=ticks_per_second, fingerprint=about
    )


def _mark() -> Path:
    """The file that says what was compiled, beside the compiled kernels."""
    compiled: Any = count_moves
    return Path(compiled.stats.cache_path) / "compiled-ahead"


@cache
def _state_of_kernels() -> str:
    """What kernels are compiled from and for: their files and what asks them, numba, processor."""
    asking = map(Path(__file__).with_name, ("page_questions.py", "small_log.py"))
    files = [*sorted(Path(kernels.__path__[0]).glob("*.py")), *asking]
    stamps = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
    about = (stamps, numba.__version__, sys.version, llvm.get_host_cpu_name())
    return hashlib.blake2b(repr(about).encode(), digest_size=16).hexdigest()


if __name__ == "__main__":
    count_as_in_large_logs()
    compile_ahead()
