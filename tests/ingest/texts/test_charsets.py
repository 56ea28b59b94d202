import pytest

from journey.ingest.texts.charsets import to_utf8

WESTERN = "id,name\n1,Müller\n2,José\n3,Zoë „quoted“ \u2013 dash\n"
LATIN = "id,name\n1,Müller\n2,José\n3,Zoë\n"


@pytest.mark.parametrize(
    ("encoding", "text", "note"),
    [
        ("gbk", "客户编号,触点\n张三,查看演示\n李四,注册试用\n", "read as GBK"),
        ("gb18030", "客户编号,触点\n张三,查看演示𠮷\n", "read as GBK"),
        ("big5", "客戶編號,觸點\n張三,查看示範\n李四,註冊試用\n", "read as Big5"),
        ("tis-620", "ลูกค้า,กิจกรรม\nสมชาย,ดูเว็บไซต์\nสมหญิง,สาธิตสินค้า\n", "read as TIS-620"),
        ("tis-620", "ชื่อ\nสมชาย ใจดี\n", "read as TIS-620"),
        ("shift_jis", "顧客,イベント\n田中,デモを見る\n", "read as Shift-JIS"),
        ("cp1251", "клиент,событие\nИван,просмотр страницы\n", "read as Windows-1251"),  # noqa: RUF001 - Cyrillic is the point
        ("koi8-r", "клиент,событие\nИван,просмотр страницы\n", "read as KOI8-R"),  # noqa: RUF001 - Cyrillic is the point
        (
            "cp1250",
            "konto,zdarzenie\nŁódź,Prośba o ofertę\nŻabka,Świetny\n",
            "read as Windows-1250",
        ),
        ("cp1253", "πελάτης,γεγονός\nΓεωργίου,αγορά\n", "read as Windows-1253"),  # noqa: RUF001 - Greek is the point
        ("cp1254", "müşteri,olay\nYıldız,görüşme\nŞişli,satın alındı\n", "read as Windows-1254"),  # noqa: RUF001 - Turkish is the point
        ("cp1255", "לקוח,אירוע\nכהן,רכישה\n", "read as Windows-1255"),  # noqa: RUF001 - Hebrew is the point
        ("cp1256", "العميل,الحدث\nمحمد,زيارة الصفحة\n", "read as Windows-1256"),
        ("cp949", "고객번호,이벤트\n김철수,페이지 방문\n", "read as EUC-KR"),
        ("euc_jp", "顧客番号,行動\n佐藤商事,資料請求\n", "read as EUC-JP"),
        ("mac_roman", LATIN, "read as Mac Roman"),
        ("utf-16-le", "ลูกค้า,กิจกรรม\nสมชาย,ดูเว็บไซต์\n", "read as UTF-16"),
        ("cp1252", WESTERN, "read as Windows-1252"),
        ("latin-1", LATIN, "read as Windows-1252"),
        ("utf-16", WESTERN, "read as UTF-16"),
        ("utf-16-le", LATIN, "read as UTF-16"),
        ("utf-16-be", LATIN, "read as UTF-16"),
    ],
)
@pytest.mark.parametrize("n_plain", [0, 2_000])
def test_texts_come_back_from_their_encoding(tmp_path, encoding, text, note, n_plain):
    text = "plain,words\n" * n_plain + text
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert read.path.read_bytes().decode() == text
    assert read.notes == (note,)


def test_utf8_is_not_copied(tmp_path):
    (tmp_path / "a.csv").write_bytes("id\né\n".encode())
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert (read.path, read.notes) == (tmp_path / "a.csv", ())


def test_an_accent_after_megabytes_is_seen(tmp_path):
    text = "id,name\n" + "1,plain\n" * 200_000 + "2,José\n"
    (tmp_path / "a.csv").write_bytes(text.encode("cp1252"))
    assert to_utf8(tmp_path / "a.csv", tmp_path).path.read_bytes().decode() == text


def test_a_few_damaged_bytes_do_not_change_the_encoding(tmp_path):
    content = "名字,触点\n".encode() * 100 + b"broken \xe5\n"
    (tmp_path / "a.csv").write_bytes(content)
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert read.path.read_bytes().decode() == "名字,触点\n" * 100 + "broken \ufffd\n"
    assert read.notes == ("1 damaged character shown as \ufffd",)


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Windows-1252", "Müller,Größe,schön\n"),
        ("cp1251", "Windows-1251", "Пётр,ещё,мёд\n"),
    ],
)
def test_files_put_together_are_read_line_by_line(tmp_path, encoding, name, text):
    content = (text * 20).encode() + (text * 20).encode(encoding)
    (tmp_path / "a.csv").write_bytes("a,b,c\n".encode("utf-8-sig") + content)
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert read.path.read_bytes().decode() == "a,b,c\n" + text * 40
    assert read.notes[0] == f"lines that are not UTF-8 read as {name}"


def test_a_line_in_utf8_that_holds_a_damaged_character_stays_in_utf8(tmp_path):
    lines = [("Müller,Größe\n" * 20).encode(), "Zoë \ufffd\n".encode()]
    lines.append(("Müller,Größe\n" * 20).encode("cp1252"))
    (tmp_path / "a.csv").write_bytes(b"".join(lines))
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert read.path.read_bytes().decode() == "Müller,Größe\n" * 20 + "Zoë \ufffd\n" + (
        "Müller,Größe\n" * 20
    )


def test_damage_that_was_written_so_does_not_change_the_encoding(tmp_path):
    content = "Zo\ufffd\n".encode() * 100 + b"broken \xe5\n"
    (tmp_path / "a.csv").write_bytes(content)
    read = to_utf8(tmp_path / "a.csv", tmp_path)
    assert read.path.read_bytes().decode() == "Zo\ufffd\n" * 100 + "broken \ufffd\n"


@pytest.mark.parametrize("n_plain", [0, 200_000])
def test_a_file_without_the_usual_ends_of_lines_is_not_read_by_them(tmp_path, n_plain):
    # 200,000 rows are more than a piece of a megabyte.
    plain, text = b"plain,words,alone\r" * n_plain, "Müller,Größe,schön\r" * 40
    (tmp_path / "a.csv").write_bytes(plain + text.encode() + text.encode("cp1252"))
    assert to_utf8(tmp_path / "a.csv", tmp_path).notes == ("read as Windows-1252",)


def test_lines_longer_than_a_piece_are_not_read_one_by_one(tmp_path):
    text = "Müller,Größe,schön\n" * 40
    content = text.encode() + text.encode("cp1252") + b"x" * (3 << 20) + b"\n"
    (tmp_path / "a.csv").write_bytes(content)
    assert to_utf8(tmp_path / "a.csv", tmp_path).notes == ("read as Windows-1252",)


def test_a_character_across_two_pieces_is_valid(tmp_path):
    content = b"a" * ((1 << 20) - 1) + "é\n".encode()
    (tmp_path / "a.csv").write_bytes(content)
    assert to_utf8(tmp_path / "a.csv", tmp_path).path == tmp_path / "a.csv"


def test_a_character_cut_off_at_the_end_is_damage(tmp_path):
    (tmp_path / "a.csv").write_bytes("é".encode() * 50 + b"\xc3")
    assert to_utf8(tmp_path / "a.csv", tmp_path).path.read_bytes().decode() == "é" * 50 + "\ufffd"
