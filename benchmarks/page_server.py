"""The app served with each of its runs profiled; ``pages.py`` starts this in a process of its own.

python benchmarks/page_server.py PORT PROFILE
"""

import atexit
import cProfile
import os
import pstats
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web import cli

APP = Path(__file__).resolve().parent.parent / "app.py"


def profile_runs(into: Path) -> None:
    """Write where all runs together spend their time when the server ends."""
    profiles: list[cProfile.Profile] = []
    run_script: Callable[[ScriptRunner, Any], None] = ScriptRunner._run_script  # noqa: SLF001 -- there is no public hook around a run

    def profiled(runner: ScriptRunner, rerun_data: Any) -> None:
        profile = cProfile.Profile(time.thread_time)
        profiles.append(profile)
        profile.runcall(run_script, runner, rerun_data)

    def write() -> None:
        every = pstats.Stats(*profiles)
        every.dump_stats(into)

    ScriptRunner._run_script = profiled  # noqa: SLF001
    atexit.register(write)


def main() -> None:
    """Serve until terminated."""
    port, profile = sys.argv[1:]
    profile_runs(Path(profile))
    os.chdir(APP.parent)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    cli.main_run([str(APP), f"--server.port={port}"])


if __name__ == "__main__":
    main()
