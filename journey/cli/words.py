"""Words to the reader, beside the answer, and what the reader's words name."""

import sys
from pathlib import Path


def tell(line: str) -> None:
    """Write a line on standard error; standard output is for answers alone."""
    sys.stderr.write(f"{line}\n")


def names_dataset(sources: list[str]) -> bool:
    """Whether what is asked about is the name of a stored data set, not files."""
    return len(sources) == 1 and not Path(sources[0]).exists()
