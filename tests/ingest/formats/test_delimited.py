import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.formats import delimited
from journey.ingest.processes.limits import Limits


def read_one(reader, path, **options):
    (table,) = reader.read(path, **options)
    return table, reader.rows(table)


def test_values_stay_as_written(reader, written):
    path = written(
        "ids.csv", b"id,number,word,flag\n007,1e5,NA,null\n9007199254740993,1.10,nan,TRUE\n"
    )
    table, rows = read_one(reader, path)
    assert rows == [("007", "1e5", "NA", "null"), ("9007199254740993", "1.10", "nan", "TRUE")]
    assert (table.table, table.file, table.n_rejected) == ("raw_0", "ids.csv", 0)


def test_empty_cells_are_null_quoted_or_not(reader, written):
    _, rows = read_one(reader, written("a.csv", b'a,b\n,x\n"",y\n'))
    assert rows == [(None, "x"), (None, "y")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_separators_and_line_ends(reader, written, separator, line_end):
    lines = [["id", "at", "what"], ["1", "2024-01-02", "Demo"], ["2", "2024-01-03", "Mail"]]
    text = "".join(separator.join(line) + line_end for line in lines)
    table, rows = read_one(reader, written("a.csv", text.encode()))
    assert table.columns == ("id", "at", "what")
    assert rows == [tuple(line) for line in lines[1:]]


def test_decimal_commas_do_not_win_over_semicolons(reader, written):
    path = written("a.csv", b"id;cost;value\n1;1,5;2,5\n2;1,25;3,5\n")
    table, rows = read_one(reader, path)
    assert table.columns == ("id", "cost", "value")
    assert rows[0] == ("1", "1,5", "2,5")


def test_excel_says_its_separator(reader, written):
    table, rows = read_one(reader, written("a.csv", b"sep=;\r\nid;name\r\n1;A,B,C\r\n"))
    assert table.columns == ("id", "name")
    assert rows == [("1", "A,B,C")]


def test_byte_order_mark_is_no_part_of_the_header(reader, written):
    table, _ = read_one(reader, written("a.csv", b"\xef\xbb\xbfid,at\n1,2\n"))
    assert table.columns == ("id", "at")


def test_quoted_line_breaks_stay_in_their_cell(reader, written):
    _, rows = read_one(reader, written("a.csv", b'id,note\n1,"two\nlines, one cell"\n2,x\n'))
    assert rows == [("1", "two\nlines, one cell"), ("2", "x")]


def test_duplicate_and_missing_headers_get_names(reader, written):
    path = written("a.csv", b"Email,email,,source_row,Email\na,b,c,d,e\n")
    table, rows = read_one(reader, path)
    assert table.columns == ("Email", "email (2)", "column 3", "source_row (2)", "Email (3)")
    assert rows == [("a", "b", "c", "d", "e")]


def test_headers_with_quotes_and_sql_are_only_names(reader, written):
    path = written("a.csv", b'"Date ""Lead""","x"") DROP TABLE raw_0; --",\'\n1,2,3\n')
    table, rows = read_one(reader, path)
    assert table.columns == ('Date "Lead"', 'x") DROP TABLE raw_0; --', "'")
    assert rows == [("1", "2", "3")]


def test_ragged_rows_are_padded_or_rejected_with_their_line(reader, written):
    path = written("a.csv", b'a,b,c\n1,2,3\n4,5\n\n6,"x\ny",8\n9,10,11,12\n13,14,15,\n16,17,18\n')
    table, rows = read_one(reader, path)
    assert rows == [
        ("1", "2", "3"),
        ("4", "5", None),
        ("6", "x\ny", "8"),
        ("13", "14", "15"),
        ("16", "17", "18"),
    ]
    # Lines: header 1, then 2, 3, a blank 4, 5-6 quoted, 7 is too long.
    assert [(row.line, row.text) for row in table.rejected] == [(7, "9,10,11,12")]
    assert table.rejected[0].reason == "4 cells where the header has 3"
    assert table.n_rejected == 1
    assert table.notes == ("1 short row filled with empty cells",)
    assert reader.numbers(table) == [1, 2, 3, 5, 6]


def test_an_open_quote_costs_one_row_only(reader, written):
    body = b"".join(b"%d,text %d\n" % (number, number) for number in range(3_000))
    path = written("a.csv", b'id,text\n0,"quoted"\nx,"never closed\n' + body)
    table, rows = read_one(reader, path)
    assert len(rows) == 3_001
    assert [(row.line, row.reason) for row in table.rejected] == [
        (3, "a quote is opened and never closed")
    ]


def test_two_open_quotes_do_not_swallow_the_rows_between(reader, written):
    path = written("a.csv", b'id,text\n0,"a"\n1,"open\n2,b\n3,c\n4,"open\n5,e\n')
    table, rows = read_one(reader, path)
    assert table.n_rows + table.n_rejected == 6
    assert ("2", "b") in rows
    assert ("3", "c") in rows


def test_quotes_within_a_quoted_cell_are_kept(reader, written):
    table, rows = read_one(reader, written("a.csv", b'id,text\n1,"say "hi" now"\n2,b\n'))
    assert table.n_rejected == 0
    assert [row[0] for row in rows] == ["1", "2"]


def test_backslash_quotes(reader, written):
    body = b'1,"say \\"hi\\", then go"\n2,"C:\\temp"\n'
    _, rows = read_one(reader, written("a.csv", b"id,text\n" + body))
    assert rows == [("1", 'say "hi", then go'), ("2", "C:\\temp")]


def test_title_rows_and_totals_are_no_data(reader, written):
    path = written(
        "google.csv",
        b'Campaign report\n"January 1, 2024 - January 31, 2024"\n'
        b"Campaign,Day,Clicks,Cost\nBrand,2024-01-02,7,1.50\nTotal,2024-01-03,2,3\n"
        b"Total: Campaigns,--,,7\nTotal: Account,,,8.50\n",
    )
    table, rows = read_one(reader, path)
    assert table.columns == ("Campaign", "Day", "Clicks", "Cost")
    # The full row of a campaign called Total is no total.
    assert rows == [("Brand", "2024-01-02", "7", "1.50"), ("Total", "2024-01-03", "2", "3")]
    assert table.notes == ("skipped 2 title rows",)
    assert {row.reason for row in table.rejected} == {"a total below the data, not a touchpoint"}
    assert table.n_rows + table.n_rejected == 4


def test_blanks_before_a_quoted_cell(reader, written):
    table, rows = read_one(reader, written("a.csv", b'id, note\n1, "a, b"\n2, c\n3\n'))
    assert table.columns == ("id", "note")
    assert rows == [("1", "a, b"), ("2", "c"), ("3", None)]


def test_line_breaks_in_titles_and_headers(reader, written):
    path = written("a.csv", b'"Report\nof May"\n\n"id","created\nat"\n1,2\n3,4\n')
    table, rows = read_one(reader, path)
    assert table.columns == ("id", "created at")
    assert rows == [("1", "2"), ("3", "4")]


def test_a_file_without_header_keeps_its_first_row(reader, written):
    path = written("a.csv", b"a1,2024-01-02,Demo\na2,2024-01-03,Mail\n")
    table, rows = read_one(reader, path)
    assert table.columns == ("column 1", "column 2", "column 3")
    assert rows[0] == ("a1", "2024-01-02", "Demo")
    assert table.notes == ("no header row found",)


def test_row_names_of_r_get_a_column(reader, written):
    table, rows = read_one(reader, written("a.csv", b"id,at\n1,a,2024-01-02\n2,b,2024-01-03\n"))
    assert table.columns == ("column 1", "id", "at")
    assert rows[0] == ("1", "a", "2024-01-02")


def test_nul_bytes_are_taken_out_and_told(reader, written):
    table, rows = read_one(reader, written("a.csv", b"id,text\n1,a\0b\n2,c\n"))
    assert rows == [("1", "ab"), ("2", "c")]
    assert table.notes == ("took out 1 NUL byte",)


def test_text_in_gbk(reader, written):
    text = "客户,触点\n张三,查看演示\n李四,注册试用\n"
    table, rows = read_one(reader, written("a.csv", text.encode("gbk")))
    assert table.columns == ("客户", "触点")
    assert rows == [("张三", "查看演示"), ("李四", "注册试用")]
    assert table.notes == ("read as GBK",)


def test_header_only_and_empty_say_so(reader, written):
    with pytest.raises(UnreadableFileError, match=r"has a header \(id, at\) but no rows"):
        reader.read(written("a.csv", b"id,at\n"))
    with pytest.raises(UnreadableFileError, match=r"b\.csv is empty"):
        reader.read(written("b.csv", b""))
    with pytest.raises(UnreadableFileError, match="is empty"):
        reader.read(written("c.csv", b"\n\n  \n"))


def test_too_many_columns_are_refused(reader, written):
    with pytest.raises(ImportLimitError, match="has 11 columns; at most 10"):
        reader.read(
            written("a.csv", b",".join([b"a"] * 11) + b"\n" + b",".join([b"x"] * 11) + b"\n"),
            limits=Limits(columns=10),
        )


def test_globs_in_a_name_match_no_other_file(reader, written):
    written("ab.csv", b"id,at\nother,2\n")
    _, rows = read_one(reader, written("a*.csv", b"id,at\nmine,2\n"))
    assert rows == [("mine", "2")]


def test_large_files_are_read_in_order_with_progress(reader, written, monkeypatch):
    lines = [f"{number},{'x' * (number % 50)},\u00e9".encode() for number in range(300_000)]
    path = written("a.csv", b"id,b,c\n" + b"\n".join(lines))
    monkeypatch.setattr(delimited, "_read_mended", None)
    table, rows = read_one(reader, path)
    assert [row[0] for row in rows] == [str(number) for number in range(300_000)]
    assert reader.numbers(table) == list(range(1, 300_001))
    assert reader.progress[-1].n_rows == reader.progress[-1].n_total == 300_000
    assert all(now.n_total is None for now in reader.progress[:-1])


CELL = st.text(st.sampled_from('ab1é ,;"\n\r\t|\\#'), max_size=6)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8))
def test_both_readers_give_what_was_written(reader, written, rows):
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "at", "what"), *rows])
    path = written("a.csv", out.getvalue().encode())
    table, read = read_one(reader, path)
    assert read == [tuple(cell or None for cell in row) for row in rows]
    assert reader.numbers(table) == list(range(1, len(rows) + 1))


PIECE = st.sampled_from(["a", "1", ",", ",", '"', "\n", "\n", "\r\n", " ", "x,y\n", '"q"', "é"])


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pieces=st.lists(PIECE, max_size=40))
def test_every_line_is_kept_or_rejected(reader, written, monkeypatch, pieces):
    path = written("a.csv", b"id,at\nfirst,1\n" + "".join(pieces).encode())
    fast, fast_rows = read_one(reader, path)
    with monkeypatch.context() as patch:
        patch.setattr(delimited, "_may_be_plain", lambda _: False)
        careful, careful_rows = read_one(reader, path)
    # Blanks around a cell don't count.
    bare = [
        [[(cell or "").strip() for cell in row] for row in r] for r in (fast_rows, careful_rows)
    ]
    assert bare[0] == bare[1]
    assert (fast.n_rejected, fast.notes) == (careful.n_rejected, careful.notes)
    # Every character but separators, quotes and line ends is somewhere.
    shown = "".join(cell or "" for row in careful_rows for cell in row)
    shown += "".join(row.text for row in careful.rejected)
    assert all(shown.count(c) == ("first,1\n" + "".join(pieces)).count(c) for c in "axyqé")


def test_one_broken_quote_does_not_turn_quotes_off(reader, written):
    body = b"".join(b'"%d","text, %d"\n' % (number, number) for number in range(500))
    table, rows = read_one(reader, written("a.csv", b'id,text\n"x","never closed\n' + body))
    assert rows[0] == ("0", "text, 0")
    assert (table.n_rows, table.n_rejected) == (500, 1)


def test_quotes_are_ordinary_where_none_closes(reader, written):
    path = written("a.tsv", b'id\ttext\n1\t"open\n2\tb\n3\t24" screen\n4\t"open\n')
    _, rows = read_one(reader, path)
    assert rows == [("1", '"open'), ("2", "b"), ("3", '24" screen'), ("4", '"open')]


def test_one_odd_row_late_in_a_file_costs_only_itself(reader, written):
    lines = [f"{number},Demo,{number}" for number in range(1_000)]
    lines[700] = "x,y,z,too,many"
    lines[800] = '"y","two\nlines",2'
    lines[900] = "short"
    path = written("a.csv", ("id,what,n\r\n" + "\r\n".join(lines)).encode())
    table, rows = read_one(reader, path)
    expected = [tuple(line.split(",")) for line in lines]
    expected[800], expected[900] = ("y", "two\nlines", "2"), ("short", None, None)
    del expected[700]
    assert rows == expected
    # The header is line 1, so the row of index 700 is line 702, and row 701 of the data.
    assert [(row.line, row.text) for row in table.rejected] == [(702, "x,y,z,too,many")]
    assert reader.numbers(table) == [n for n in range(1, 1_001) if n != 701]
    assert table.notes == ("1 short row filled with empty cells",)


def test_a_row_longer_than_the_database_takes_is_rejected(reader, written):
    path = written("a.csv", b"id,text\n1,a\n2," + b"x" * 2_100_000 + b"\n3,c\n")
    table, rows = read_one(reader, path)
    assert rows == [("1", "a"), ("3", "c")]
    assert [row.reason for row in table.rejected] == ["a row of more than 2,000,000 bytes"]
    assert [row.line for row in table.rejected] == [3]


def test_progress_of_a_mended_file_never_falls(reader, written, monkeypatch):
    monkeypatch.setattr(delimited, "_may_be_plain", lambda _: False)
    lines = ["x,y,too,many", *(f"{number},a" for number in range(200_000))]
    table, _ = read_one(reader, written("a.csv", ("id,at\n" + "\n".join(lines)).encode()))
    assert table.n_rejected == 1
    seen = [now.n_rows for now in reader.progress]
    assert seen == sorted(seen)
    assert len(seen) >= 4


def test_a_quoted_title_with_separators_is_a_title(reader, written):
    text = '"Jan 1, 2024 - Jan 31, 2024"\naccount,date,event\nAcme,2024-01-02,Ad\n'
    (table,) = reader.read(written("a.csv", text.encode()))
    assert table.columns == ("account", "date", "event")
    assert reader.rows(table) == [("Acme", "2024-01-02", "Ad")]
