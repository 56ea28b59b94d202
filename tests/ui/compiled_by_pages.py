"""Say which kernels nobody asks for beforehand, and which pages need for arrays of other types.

python compiled_by_pages.py, with the sample in PORTOLAN_WORKSPACE
"""

import importlib
import pkgutil
from itertools import islice
from pathlib import Path

from numba.core.dispatcher import Dispatcher
from streamlit.testing.v1 import AppTest

from journey import kernels
from journey.ui import compile_ahead
from journey.ui.navigation import existing_pages

APP = str(Path(__file__).parents[2] / "app.py")
SAMPLE_NEEDS = 2  # logs: codes of two widths, times in seconds


def all_kernels():
    """Every kernel by its name."""
    modules = [
        importlib.import_module(f"journey.kernels.{module.name}")
        for module in pkgutil.iter_modules(kernels.__path__)
    ]
    found = [one for module in modules for one in vars(module).values()]
    return {one.__name__: one for one in found if isinstance(one, Dispatcher)}


def compiled():
    """Of each kernel for which types it was compiled or loaded by now."""
    return {name: set(map(str, one.signatures)) for name, one in all_kernels().items()}


def called_by_kernels():
    """Kernels that others call, which are compiled into these."""
    return {name for one in all_kernels().values() for name in one.py_func.__code__.co_names}


def open_page(path):
    """Open a page, and then each of its views."""
    app = AppTest.from_file(APP, default_timeout=90)
    app.query_params["data"] = "Sample"
    app.switch_page(path)
    assert not app.run().exception
    views = [option for control in app.get("button_group") for option in control.options]
    for view in views:
        control = next((one for one in app.get("button_group") if view in one.options), None)
        if control is not None:
            assert not control.set_value(view).run().exception


if __name__ == "__main__":
    compile_ahead.count_as_in_large_logs()
    for log in islice(compile_ahead.logs_of_all_types(), SAMPLE_NEEDS):
        compile_ahead.ask_all(log)
    before = compiled()
    for name in sorted(name for name, types in before.items() if not types):
        if name not in called_by_kernels():
            print(f"asked by nobody: {name}")  # noqa: T201 - read by the test
    for entry in existing_pages():
        open_page(entry.path)
    for name, types in compiled().items():
        for one in types - before[name]:
            print(f"compiled by a page: {name} {one}")  # noqa: T201 - as above
