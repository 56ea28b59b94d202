"""How much a directory takes."""

from pathlib import Path


def bytes_on_disk(directory: Path) -> int:
    """Bytes of all files under a directory."""
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
