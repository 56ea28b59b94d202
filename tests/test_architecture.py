"""The rules of the house: who may import whom, how long things may be, what stays pure."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "journey").rglob("*.py"))
PAGES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]

BASE = {"schema", "errors", "version", "wording", "rules"}
STORE = BASE | {"kernels", "store"}
LOG = STORE | {
    *("costs", "definitions", "inventory", "proposals", "report", "runners"),
    *("percentiles", "silence", "facts", "selection", "reading", "log", "load"),
}
ALL_BUT_UI = LOG | {
    *("ingest", "analysis", "charts", "exports", "workspace", "kept", "worklist", "cli", ""),
}
MAY_IMPORT = {
    "schema": set(),
    "errors": set(),
    "version": set(),
    "wording": set(),
    "rules": {"errors", "rules"},
    "kernels": {"kernels"},
    "store": STORE,
    "costs": BASE,
    "inventory": BASE,
    "definitions": BASE,
    "proposals": BASE | {"definitions"},
    "report": BASE,
    "runners": STORE | {"runners"},
    "percentiles": STORE,
    "silence": BASE,
    "facts": LOG - {"selection", "reading", "log", "load"},
    "selection": LOG - {"reading", "log", "load"},
    "reading": LOG - {"log", "load"},
    "log": LOG - {"load"},
    "load": LOG,
    "ingest": LOG | {"ingest"},
    "analysis": LOG | {"analysis"},
    "charts": BASE | {"charts"},
    "exports": BASE | {"charts", "exports"},
    "workspace": ALL_BUT_UI,
    "worklist": BASE | {"store", "workspace"},
    "kept": ALL_BUT_UI,
    "cli": ALL_BUT_UI,
    "ui": ALL_BUT_UI | {"ui"},
    "__main__": {"cli"},
}
# Questions stand on each other: every folder of journey/analysis imports itself and earlier ones.
ANALYSIS = [
    *("figures", "quality", "stages", "maps", "accounts", "profiles", "spending"),
    *("attribution", "scores", "ownership", "lifecycle", "content", "forecast", "summary"),
]
KERNEL_LIBRARIES = {"numpy", "numba", "typing", "collections"}
PURE = ("analysis", "kernels", "charts")
CLOCKS_AND_CHANCE = {"time", "random", "secrets", "uuid", "socket", "subprocess", "os"}


def place(module):
    """The part of the house a module stands in."""
    relative = module.relative_to(ROOT / "journey")
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path):
    """Every module that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from journey import log` loads journey.log alone: the package itself is lazy.
            if node.module == "journey":
                yield from (f"journey.{alias.name}" for alias in node.names)
            else:
                yield node.module


def public_names():
    tree = ast.parse((ROOT / "journey" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    raise AssertionError("journey has no __all__")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_import_only_what_stands_below_them(module):
    own = place(module)
    if own == "__init__":
        return
    for name in imports(module):
        if not name.startswith("journey"):
            continue
        target = name.split(".")[1] if "." in name else ""
        is_public_name = target in public_names() - {"charts"}
        if own in ("cli", "ui") and is_public_name:
            continue
        assert target in MAY_IMPORT[own], f"{own} imports {name}"


def test_questions_stand_on_earlier_ones():
    for module in (ROOT / "journey" / "analysis").rglob("*.py"):
        own = module.relative_to(ROOT / "journey" / "analysis").parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        for name in imports(module):
            if name.startswith("journey.analysis."):
                used = name.split(".")[2]
                assert ANALYSIS.index(used) <= ANALYSIS.index(own), f"{module.name} imports {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_import_only_the_library_and_its_ui(page):
    public = public_names()
    for name in imports(page):
        if name.startswith("journey."):
            target = name.split(".")[1]
            assert target == "ui" or target in public, f"{page.name} imports {name}"


def test_kernels_know_nothing_but_arrays():
    for module in (ROOT / "journey" / "kernels").glob("*.py"):
        for name in imports(module):
            top = name.split(".")[0]
            assert top in KERNEL_LIBRARIES or name.startswith("journey.kernels"), (module, name)


@pytest.mark.parametrize("part", PURE)
def test_analysis_kernels_and_charts_have_no_clock_chance_or_files(part):
    for module in (ROOT / "journey" / part).rglob("*.py"):
        tops = {name.split(".")[0] for name in imports(module)}
        assert not tops & CLOCKS_AND_CHANCE, (module, tops & CLOCKS_AND_CHANCE)
        text = module.read_text(encoding="utf-8")
        for forbidden in (".now(", ".today(", "default_rng()", "np.random.rand"):
            assert forbidden not in text, (module, forbidden)


def test_streamlit_stays_in_the_ui():
    for module in MODULES:
        if place(module) != "ui":
            assert "streamlit" not in {name.split(".")[0] for name in imports(module)}, module


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    most = 80 if path.name == "app.py" else 120 if "pages" in path.parts else 400
    assert len(text.splitlines()) <= most
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, journey; print([m for m in %r if m in sys.modules])"
    heavy = ["streamlit", "plotly", "networkx", "numba", "pandas"]
    found = subprocess.run(
        [sys.executable, "-c", code % heavy], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert found.stdout.strip() == "[]"


def test_every_public_name_can_be_had():
    import journey

    for name in journey.__all__:
        assert getattr(journey, name) is not None


PUBLIC_FUNCTIONS = sorted(name for name in public_names() if name[0].islower() and name != "charts")


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_every_public_function_has_an_example_that_prints_its_answer(name):
    """In its own docstring or in that of its module; pytest runs them all as doctests."""
    import journey

    function = getattr(journey, name)
    texts = [inspect.getdoc(function), inspect.getdoc(inspect.getmodule(function))]
    for text in texts:
        examples = doctest.DocTestParser().get_examples(text or "")
        if f"{name}(" in "".join(one.source for one in examples):
            assert any(one.want for one in examples)
            return
    raise AssertionError(f"{name} has no example: give it one whose answer can be checked by hand")


def parameters_told(text):
    """The names under ``Parameters`` of a numpydoc docstring."""
    found = re.search(
        r"^Parameters\n-+\n(.*?)(?=^\S[^\n]*\n-{3,}$|\Z)", text, re.DOTALL | re.MULTILINE
    )
    lines = found[1].splitlines() if found else ()
    heads = [line for line in lines if line and not line.startswith(" ")]
    return {
        name.strip().lstrip("*") for head in heads for name in head.partition(":")[0].split(",")
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_tell_no_parameter_that_is_not_there(module):
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
            assert parameters_told(ast.get_docstring(node) or "") <= own, node.name


@pytest.mark.parametrize("name", PUBLIC_FUNCTIONS)
def test_every_option_of_a_public_function_is_told(name):
    """Under its parameters or, where one word will do, in the text."""
    import journey

    function = getattr(journey, name)
    named = inspect.signature(function).parameters.values()
    options = {one.name for one in named if one.kind is inspect.Parameter.KEYWORD_ONLY}
    text = inspect.getdoc(function) or ""
    assert options <= parameters_told(text) | set(re.findall(r"``(\w+)``", text))
