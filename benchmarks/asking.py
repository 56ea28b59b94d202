"""Workers, one process an engine, that hold a log and are asked by turns."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import IO, Any

from plan import ENGINES, ROOT

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "ignore",
    "RETENTIONEERING_NO_TRACK": "1",
}
Result = dict[str, Any]


@dataclass
class Worker:
    """The process of one engine; it may end at any time, and is begun again when next asked."""

    engine: str
    directory: Path
    longest_seconds: float
    loaded: Result = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    words: IO[str] = field(default_factory=lambda: tempfile.TemporaryFile("w+"))  # noqa: SIM115 - as long as the worker

    def start(self) -> Result:
        """Let the engine load the log; what that took, or why it failed."""
        command = [ENGINES[self.engine], ROOT / "benchmarks" / "worker.py", self.engine]
        self.process = subprocess.Popen(
            [*command, self.directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.words,
            text=True,
            env=ENVIRONMENT,
        )
        self.loaded = self._answer()
        return self.loaded

    def ask(self, **request: Any) -> Result:
        """What a request took, or why there is no answer."""
        if self.process is None and "error" in self.start():
            return self.loaded
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None

    def _answer(self) -> Result:
        assert self.process is not None
        assert self.process.stdout is not None
        process, timer = self.process, Timer(self.longest_seconds, self.process.kill)
        timer.start()
        line = process.stdout.readline()
        is_too_slow = not timer.is_alive()
        timer.cancel()
        if line:
            return json.loads(line)
        status = process.wait()
        self.stop()
        if is_too_slow:
            return {"error": f"longer than {self.longest_seconds:.0f} s"}
        return {"error": f"the process ended with {status}: {self._last_words()}"}

    def _last_words(self) -> str:
        self.words.seek(0)
        lines = self.words.read().strip().splitlines()
        return lines[-1] if lines else "no message"
