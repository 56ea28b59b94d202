"""Presets on disk: Portolan's own, and those that a user saved."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import tomli_w

from journey.errors import PresetError, choices
from journey.ingest.presets.headers import signature
from journey.ingest.presets.model import Headers, Preset, parse_preset

ENDING: Final = ".toml"
_LONGEST: Final = 60


@cache
def built_in() -> tuple[Preset, ...]:
    """The presets that come with Portolan, in the order of their names."""
    folder = files("journey.ingest.presets") / "sources"
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(ENDING)), key=lambda e: e.name)
    return tuple(
        parse_preset(entry.read_text(encoding="utf-8"), name=entry.name.removesuffix(ENDING))
        for entry in entries
    )


def own_presets(folder: Path | None) -> tuple[Preset, ...]:
    """The presets of a user's folder, in the order of their names; none if it is not there.

    Raises
    ------
    PresetError
        If one of them can't be read.
    """
    if folder is None or not folder.is_dir():
        return ()
    return tuple(_own(path) for path in sorted(folder.glob(f"*{ENDING}")))


def own_texts(folder: Path | None) -> dict[str, str]:
    """The files of a user's folder as they stand, by name, to be sent to who reads elsewhere.

    Raises
    ------
    PresetError
        If one of them can't be read.
    """
    names = [one.name for one in own_presets(folder)]
    return {name: (Path(folder or "") / f"{name}{ENDING}").read_text("utf-8") for name in names}


def write_own(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write what :func:`own_texts` gave into a new folder."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}{ENDING}").write_text(text, encoding="utf-8")
    return folder


def _own(path: Path) -> Preset:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PresetError(
            f"The preset {path.name} can't be read: {error}. Remove or mend it."
        ) from error
    return _extended(parse_preset(text, name=path.stem, is_own=True))


def _extended(preset: Preset) -> Preset:
    """What a user changed of one of Portolan's presets, laid over it."""
    if preset.extends is None:
        return preset
    by_name = {base.name: base for base in built_in()}
    if preset.extends not in by_name:
        raise PresetError(
            f"The preset {preset.name} extends {preset.extends!r}, which is not known. "
            f"{choices(preset.extends, by_name)}"
        )
    base = by_name[preset.extends]
    roles = {**base.roles, **preset.roles}
    told = preset.dates
    dates = replace(
        base.dates,
        **{key: held for key, held in asdict(told).items() if not getattr(base.dates, key)},
    )
    return replace(
        base,
        name=preset.name,
        title=preset.title,
        headers=preset.headers,
        is_own=True,
        extends=base.name,
        roles=roles,
        dates=dates,
        left_out=(*base.left_out, *preset.left_out),
    )


def chosen(name: str, presets: Sequence[Preset]) -> Preset:
    """The preset of a name.

    Raises
    ------
    PresetError
        If there is none.
    """
    for preset in presets:
        if preset.name == name:
            return preset
    raise PresetError(
        f"There is no preset {name!r}. {choices(name, (preset.name for preset in presets))}"
    )


def save_preset(
    folder: Path,
    title: str,
    headers: Sequence[str],
    *,
    roles: Mapping[str, Sequence[str]] | None = None,
    left_out: Sequence[str] = (),
    dates: Mapping[str, str] | None = None,
    extends: str | None = None,
) -> Path:
    """Save what a user says of files with certain headers, over what was saved of them before.

    Parameters
    ----------
    folder
        Made if it is not there; the path of the file written is given back.
    title
        What to call such files.
    headers
        All headers of the file.
    roles, left_out
        Headers by role, and those not to be read; none: roles are found as ever.
    dates
        ``order``, ``unit``, ``zone`` and ``epoch``, as far as the user said.
    extends
        The preset of Portolan's that recognised the file.
    """
    exactly = signature(headers)
    before = _saved_for(folder, exactly)
    document: dict[str, Any] = tomllib.loads(before.read_text("utf-8")) if before else {}
    document |= {"title": title, "headers": {"exactly": list(exactly)}}
    if extends:
        document["extends"] = extends
    if roles is not None:
        document["roles"] = {role: list(named) for role, named in roles.items()}
        document["left_out"] = list(left_out)
    if dates:
        document["dates"] = {**document.get("dates", {}), **dates}
    return _write(before or _free_path(folder, title), document)


def _write(path: Path, document: Mapping[str, Any]) -> Path:
    """Write a preset whole or not at all, and only one that can be read."""
    text = tomli_w.dumps(document)
    parse_preset(text, name=path.stem, is_own=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".tmp")
    waiting.write_text(text, encoding="utf-8")
    return waiting.replace(path)


def remembered(folder: Path, headers: Sequence[str]) -> Preset | None:
    """What the user saved of files with these headers, or said of their dates."""
    told = Headers(exactly=signature(headers))
    return next((one for one in own_presets(folder) if one.headers == told), None)


def _saved_for(folder: Path, exactly: Sequence[str]) -> Path | None:
    for preset in own_presets(folder):
        if preset.headers.exactly == tuple(exactly):
            return folder / f"{preset.name}{ENDING}"
    return None


def _free_path(folder: Path, title: str) -> Path:
    words = re.sub(r"[\W_]+", "_", title.lower()).strip("_")[:_LONGEST] or "preset"
    taken = {preset.name for preset in (*built_in(), *own_presets(folder))}
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}_{number}"
    return folder / f"{name}{ENDING}"
