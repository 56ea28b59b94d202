"""Whether engines agree, where they fail, and which were not asked."""

from statistics import fmean
from typing import Any

from plan import NAMES
from results import Result
from tasks import TITLES
from words import number

SIMULATED = "removal effects"


def disagreements(result: Result) -> list[str]:
    """Each count of an engine that is not Portolan's, in words."""
    found: list[str] = []
    for task, cells in result["cells"].items():
        ours = cells.get("portolan", {}).get("counts", {})
        for engine, cell in cells.items():
            for name, counts in cell.get("counts", {}).items():
                if name != SIMULATED and name in ours and not _same(counts, ours[name]):
                    found.append(
                        f"{number(result['n_touchpoints'])}, {TITLES[task]}: {name} of "
                        f"{NAMES[engine]} is {counts}, of Portolan {ours[name]}"
                    )
    return found


def agreed(result: Result) -> str:
    """For one size what was compared with how many engines, what fails, who is not asked."""
    lines = [f"{number(result['n_touchpoints'])} touchpoints:", ""]
    differing = disagreements(result)
    lines += [f"- **differs** {text}" for text in differing]
    compared = [text for task in result["cells"] if (text := _compared(result, task))]
    if compared:
        lines.append("- equal where both define it (with how many): " + "; ".join(compared))
    lines += _simulated(result)
    for task, cells in result["cells"].items():
        lines += [
            f"- {NAMES[engine]} fails at {TITLES[task]}: `{cell['error']}`"
            for engine, cell in cells.items()
            if "error" in cell
        ]
    for engine, load in result["loads"].items():
        if "skipped" in load:
            lines.append(f"- {NAMES[engine]} is {load['skipped']}")
        elif "error" in load:
            lines.append(f"- {NAMES[engine]} can't load the log: `{load['error']}`")
    return "\n".join(lines)


def _compared(result: Result, task: str) -> str:
    """The counts of one task and with how many engines each was compared."""
    cells = result["cells"][task]
    ours = cells.get("portolan", {}).get("counts", {})
    n_peers = {
        name: sum(
            _same(cell.get("counts", {}).get(name), counts)
            for engine, cell in cells.items()
            if engine != "portolan"
        )
        for name, counts in ours.items()
    }
    shared = ", ".join(f"{name} ({n})" for name, n in n_peers.items() if n)
    return f"{TITLES[task]}: {shared}" if shared else ""


def _same(one: Any, other: Any) -> bool:
    """Whether two digests are of the same counts."""
    return one is not None and one["hash"] == other["hash"]


def _simulated(result: Result) -> list[str]:
    """How far simulated effects are from the exact ones."""
    cells = result["cells"].get("removal", {})
    found = {e: c["counts"][SIMULATED]["values"] for e, c in cells.items() if "counts" in c}
    exact = found.pop("portolan", {})
    return [
        f"- removal effects of {NAMES[engine]}, simulated, are off the exact ones by "
        f"{fmean(abs(near[name] / exact[name] - 1) for name in near if exact.get(name)):.1%} on "
        f"average, {len(near)} types"
        for engine, near in found.items()
        if exact and near
    ]
