"""One log, however it is written, is one log."""

import csv
import datetime as dt
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import journey

UTC = dt.UTC
HEADERS = ("account_id", "email", "occurred_at", "touchpoint", "channel", "value", "note")
AT = dt.datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
TYPES = ("Ad click", "Démo réservée", "产品演示", "Müller-Webinar", "Deal won")

ACCOUNTS = ("007", "NA", "00042", "acme", "华为")
"""Leading zeros, the word for nothing of some programs, and a name in Chinese."""


def rows():
    """Touchpoints of five accounts; each has two at the same second, told apart by their order."""
    for account_number, account in enumerate(ACCOUNTS):
        for step in range(6):
            yield (
                account,
                f"p{account_number}@{'abc'[step % 3]}.example.com",
                AT + dt.timedelta(days=account_number * 3 + step // 2, seconds=step // 2),
                TYPES[(account_number + step) % len(TYPES)],
                ("Messe; Köln", "Google", "微信")[step % 3],
                None if step % 2 else 12.5 + 1000 * step + account_number / 4,
                'sagt "ja",\nspäter' if step == 4 else f"Notiz {step}",
            )


def shown(value, *, time="%Y-%m-%d %H:%M:%S", comma=False):
    """A value as an export writes it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime(time)
    if isinstance(value, float):
        return str(value).replace(".", ",") if comma else str(value)
    return value


def separated(path, encoding, separator, **how):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(HEADERS)
        writer.writerows([shown(value, **how) for value in row] for row in rows())


def as_utf8(path):
    separated(path, "utf-8", ",")


def as_gbk(path):
    # GB18030 has all of Unicode in the bytes of GBK.
    separated(path, "gb18030", ",")


def as_utf16(path):
    separated(path, "utf-16", "\t", time="%Y-%m-%dT%H:%M:%S.000Z")


def as_german(path):
    separated(path, "utf-8-sig", ";", time="%d.%m.%Y %H:%M:%S", comma=True)


def as_workbook(path):
    book = xlsxwriter.Workbook(path)
    sheet, day = book.add_worksheet("Export"), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.write(0, 0, "Touchpoints of May")
    sheet.write(1, 0, "Made by the CRM")
    sheet.write_row(3, 0, HEADERS)
    for number, row in enumerate(rows(), start=4):
        for position, value in enumerate(row):
            if isinstance(value, dt.datetime):
                sheet.write_datetime(number, position, value.replace(tzinfo=None), day)
            elif isinstance(value, float):
                sheet.write_number(number, position, value)
            elif value:
                sheet.write_string(number, position, value)
    sheet.write_row(number + 1, 0, ["Total", None, None, None, None, 37_500])
    book.close()


def as_json_lines(path):
    with path.open("w", encoding="utf-8") as file:
        for row in rows():
            named = dict(zip(HEADERS, row, strict=True))
            named["occurred_at"] = round(named["occurred_at"].timestamp() * 1000)
            file.write(json.dumps(named) + "\n")


def as_wrapped_json(path):
    named = [dict(zip(HEADERS, row, strict=True)) for row in rows()]
    text = json.dumps({"page": 1, "data": named}, default=lambda at: at.timestamp(), indent=1)
    path.write_text(text, encoding="utf-8")


def as_parquet(path):
    columns = list(zip(*rows(), strict=True))
    pq.write_table(pa.table(dict(zip(HEADERS, columns, strict=True))), path)


WRITERS = {
    "utf8.csv": as_utf8,
    "gbk.csv": as_gbk,
    "utf16.tsv": as_utf16,
    "german.csv": as_german,
    "sheet.xlsx": as_workbook,
    "epoch.jsonl": as_json_lines,
    "wrapped.json": as_wrapped_json,
    "typed.parquet": as_parquet,
}


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("formats")
    found = {}
    for name, write in WRITERS.items():
        write(folder / name)
        found[name] = journey.read_touchpoints(folder / name)
    return found


def test_every_row_is_there(logs):
    for name, log in logs.items():
        assert (log.n_journeys, log.n_touchpoints) == (5, 30), name
        assert log.report.n_set_aside == (name == "sheet.xlsx"), name


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format_gives_the_same_log(logs, name):
    assert logs[name].fingerprint == logs["utf8.csv"].fingerprint


@pytest.mark.parametrize("account", ACCOUNTS)
def test_what_was_written_is_what_is_read(logs, account):
    shown_at = ["occurred_at", "person_id", "touchpoint", "channel", "value"]
    found = journey.account_timeline(logs["utf8.csv"], account)[shown_at].astype(object)
    # Rows are written in order of time; note is the last column.
    expected = [
        (at, email, touchpoint, channel, value)
        for key, email, at, touchpoint, channel, value, _ in rows()
        if key == account
    ]
    assert found.where(found.notna(), None).to_records(index=False).tolist() == expected
