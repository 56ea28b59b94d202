"""Which Portolan this is: machines that answer together must have the same."""

from typing import Final

VERSION: Final = "0.3.0"
