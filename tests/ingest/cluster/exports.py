"""Exports that leave nothing out: parts of one log, deals by date, companies, costs."""

import random

import duckdb

COLUMNS = {
    "account_id": ["account"],
    "person_id": ["email"],
    "occurred_at": ["time"],
    "touchpoint": ["event"],
    "anonymous_id": ["visitor"],
    "source_order": ["seq"],
}
BY_FILE = {
    "deals.csv": {"account_id": ["account"], "occurred_at": ["Created date", "Closed won date"]}
}
_HEADER = "account,time,event,email,visitor,value,tier,seq,page_url,session_id"
# Spelled in several ways, told twice minutes apart, unreadable; a person in two accounts.
_VALUES = (
    ("acme", "beta", "Ångström", ""),
    ("2026-01-01 10:00", "2026-01-01 10:03", "2026-02-02 10:00:00.5", "2026-03-01", "soon"),
    ("Ad", "ad", "AD", "Demo", "Won", ""),
    ("p@acme.com", "q@y.org", "r@gmail.com", "", "P@acme.com"),
    ("v1", "v2", ""),
    ("10", "12.5", "x", ""),
    ("Gold", "gold", "Silver"),
    ("1", "2", "10", ""),
    ("https://a.example/?utm_source=google&utm_medium=cpc", "https://a.example/x", ""),
    ("s1", "s2", ""),
)


# Firms are facts beside the log; that 1.203 is more than a thousand is told by the second file of
# sales alone, and by the larger file of calls that a step is what happened.
OF_EACH_OTHER = {
    "calls-1.csv": "customer,step,when\nx@a.com,Call,2024-01-05\ny@b.com,Visit,2024-01-06\n",
    "calls-2.csv": "customer,step,when\n"
    + "".join(
        f"{'xy'[n % 2]}@c.com,{('Call', 'Offer')[n % 2]},2024-02-0{n}\n" for n in range(1, 9)
    ),
    "firms.csv": "email,industry,Last Modified\nx@a.com,Steel,2024-05-05\ny@b.com,Ink,2024-05-06\n",
    "sales-1.csv": "email;event;amount;time\nx@a.com;Sale;1.203;2024-04-01\n",
    "sales-2.csv": "email;event;amount;time\ny@b.com;Sale;1.003,50;2024-04-02\n",
}


def write_exports(folder, *, n_rows=40):
    """Write two parts of a log as CSV and one as Parquet, and what belongs to it."""
    folder.mkdir()
    chance = random.Random(3)  # noqa: S311 - repeatable examples, no secrets
    for part in range(3):
        rows = [",".join(chance.choice(values) for values in _VALUES) for _ in range(n_rows)]
        _write(folder / f"part-{part}.csv", _HEADER, *rows)
    with duckdb.connect() as connection:
        source = folder / "part-2.csv"
        connection.execute(
            f"COPY (FROM read_csv('{source}', all_varchar=true)) TO '{source.with_suffix('')}' "
            "(FORMAT parquet)"
        )
    source.unlink()
    source.with_suffix("").rename(source.with_suffix(".parquet"))
    _write(folder / "companies.csv", "account,industry", "acme,Retail", "beta,retail", "Nobody,X")
    _write(
        folder / "deals.csv",
        "account,Created date,Closed won date,amount",
        "acme,2026-01-02,2026-03-03,100",
        "beta,2026-01-05,,50",
        "beta,,,1",
    )
    return sorted(folder.iterdir())


def _write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def files_of(folder, texts):
    """Write files of some texts; gives their paths."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
