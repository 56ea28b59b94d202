"""Numbers as the reader's browser asks for them, in whole runs and in runs of one fragment."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from journey.charts.numbers import READER, known_locale
from journey.ui.tidy_up import tidied_up

Options = ParamSpec("Options")
Answer = TypeVar("Answer")


def write_for_reader() -> None:
    """Let all that is written in this run write numbers as the reader does."""
    READER.set(known_locale(st.context.locale))


def fragment(part: Callable[Options, Answer]) -> Callable[Options, Answer]:
    """Return a part of a page that runs alone when something in it is clicked.

    Such a run doesn't go through the shell, so it asks for the reader and tidies up itself.
    """

    @wraps(part)
    def run(*args: Options.args, **kwargs: Options.kwargs) -> Answer:
        write_for_reader()
        return part(*args, **kwargs)

    return st.fragment(tidied_up(run))
