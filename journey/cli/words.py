"""Words to the reader, beside the answer."""

import sys


def tell(line: str) -> None:
    """Write a line on standard error; standard output is for answers alone."""
    sys.stderr.write(f"{line}\n")
