"""Exports of vendors, recognised by their headers: one small file says what each means."""

from journey.ingest.presets.files import built_in, own_presets, remembered, save_preset
from journey.ingest.presets.headers import recognise, signature
from journey.ingest.presets.model import Preset, parse_preset
from journey.ingest.presets.prepare import prepare_tables

__all__ = [
    "Preset",
    "built_in",
    "own_presets",
    "parse_preset",
    "prepare_tables",
    "recognise",
    "remembered",
    "save_preset",
    "signature",
]
