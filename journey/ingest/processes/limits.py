"""How much one import may use, and how a child process is held to it."""

import resource
from dataclasses import dataclass

GIBIBYTE = 1024**3


@dataclass(frozen=True)
class Limits:
    """How much one import may use.

    Attributes
    ----------
    address_space_bytes
        Virtual memory of the process that reads.
    memory_bytes
        Memory of the database inside that process; more than this spills to disk.
    cpu_seconds
        Processor time of that process.
    wall_seconds
        Time from start to end.
    unpacked_bytes
        Size of all unpacked files of one archive together, and of any one file written.
    ratio
        Unpacked size of an archive over its packed size.
    ratio_from_bytes
        Archives that unpack to less than this are not held to the ratio.
    archive_members
        Files in one archive.
    sheet_cells
        Cells of one sheet, empty ones in its rectangle included.
    parquet_cells
        Rows times columns of a Parquet file.
    columns
        Columns of one table.
    """

    address_space_bytes: int = 8 * GIBIBYTE
    memory_bytes: int = GIBIBYTE // 2
    cpu_seconds: int = 3_600
    wall_seconds: int = 3_600
    unpacked_bytes: int = 20 * GIBIBYTE
    ratio: int = 200
    ratio_from_bytes: int = 64 * 1024**2
    archive_members: int = 1_000
    sheet_cells: int = 60_000_000
    parquet_cells: int = 5_000_000_000
    columns: int = 5_000


def apply_limits(limits: Limits) -> None:
    """Hold this process, and every process it starts, to the limits from now on.

    Parameters
    ----------
    limits
        Memory, processor time and file size are the ones the system enforces here; the others
        are checked while reading.
    """
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, limits.address_space_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.unpacked_bytes),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # Only the soft limit ends a process with a signal that says why.
        resource.setrlimit(kind, (allowed, hard))
