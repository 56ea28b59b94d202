"""The command line: the library's functions, for automation and for a look without a browser."""

from journey.cli.commands import main
from journey.cli.serving import SAMPLE

__all__ = ["SAMPLE", "main"]
