"""A process that replaces a data set over and over, and may kill itself at a chosen step.

Arguments: the folder, whether the disk offers an exchange (yes or no), the step at which to die
(0: never), how many replacements to make (0: until killed).
"""

import itertools
import os
import shutil
import signal
import sys
from pathlib import Path

from journey.store import replace

STEPS = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.rmtree", "os.listdir"}
"""What Python tells before it does it, of all that changes or looks at a folder."""


def die_at(step):
    count = itertools.count(1)

    def hook(event, arguments):
        # What happens in the folders that are copied from is no part of it.
        if event in STEPS and "datasets" in str(arguments[0]) and next(count) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main():
    root, exchange, step, n_times = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])
    if exchange == "no":
        replace._exchange = lambda _one, _other: False
    versions = itertools.cycle(sorted((root / "versions").iterdir()))
    target = root / "datasets" / "log"
    if step:
        die_at(step)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in range(n_times) if n_times else itertools.count():
        with replace.scratch_beside(target) as scratch:
            new = scratch / "data"
            shutil.copytree(next(versions), new)
            replace.replace_directory(new, target)


if __name__ == "__main__":
    main()
