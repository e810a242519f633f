import pytest

from helpers import texts
from helpers.errors import InputError

REPORT = """\
Huyện có 17 xã.

I. ĐẶC ĐIỂM
Diện tích 10 ha².
1. Thuận lợi
Có 11 xã[footnoteRef:1]. [1:  Năm 2018 có 12 bản.
Và 13 hộ.]
2. Khó khăn
2.1. Chung
Có 14 hộ².
² Chú thích có 15 người.
a) Phần a
Có 16 lớp.
II.KẾT QUẢ
10 tổ dân phòng.
PHẦN II
I. Giải pháp
Có 18 xã.
Biểu số 01
Số lớp\t19
"""


def sections(text, renamed=None):
    return {one.text: one.section for one in texts.passages(text, renamed)}


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("Huyện có 17 xã.", "opening"),
        ("Diện tích 10 ha².", "I"),
        ("Có 14 hộ².", "I.2.1"),
        ("Chú thích có 15 người.", "I.2.1 fn2"),
        ("Có 16 lớp.", "I.2.1.a"),
        ("10 tổ dân phòng.", "II"),
        ("Có 18 xã.", "P2.I"),
        ("Số lớp\t19", "annex 1"),
    ],
)
def test_a_passage_is_in_the_section_its_headings_say(words, section):
    assert sections(REPORT)[words] == section


def test_a_note_in_brackets_stands_apart_even_over_two_lines():
    notes = [one for one in texts.passages(REPORT) if one.section == "I.1 fn1"]
    assert [one.text.split() for one in notes] == [
        ["Năm", "2018", "có", "12", "bản.", "Và", "13", "hộ."]
    ]
    body = next(one for one in texts.passages(REPORT) if one.text.startswith("Có 11 xã"))
    assert "12 bản" not in body.text


def test_a_misnumbered_heading_can_be_renamed():
    text = "II. KẾT QUẢ\n1. Một\na 1\n3. Ba\n1. Ba một\nb 2\n3.2. Ba hai\nc 3"
    assert sections(text)["b 2"] == "II.1"
    found = sections(text, {"II.1#2": "II.3.1"})
    assert (found["a 1"], found["b 2"], found["c 3"]) == ("II.1", "II.3.1", "II.3.2")


def test_lines_are_counted_from_the_top():
    lines = {one.text: one.line for one in texts.passages(REPORT)}
    assert lines["Huyện có 17 xã."] == 1
    assert lines["Có 18 xã."] == REPORT.splitlines().index("Có 18 xã.") + 1


def test_a_docx_gives_its_paragraphs_and_tables_in_order(tmp_path):
    import docx

    document = docx.Document()
    document.add_paragraph("I. ĐẶC ĐIỂM")
    document.add_paragraph("Có 11 xã.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Số lớp", "12"
    document.add_paragraph("Có 13 hộ.")
    document.save(str(tmp_path / "r.docx"))
    text = texts.read(tmp_path / "r.docx")
    assert text.splitlines() == ["I. ĐẶC ĐIỂM", "Có 11 xã.", "Số lớp\t12", "Có 13 hộ."]


def test_a_pdf_gives_its_text(tmp_path):
    import matplotlib

    matplotlib.use("pdf")
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.1, 0.9, "I. RESULT")
    figure.text(0.1, 0.8, "There are 11.275 sessions")
    figure.savefig(tmp_path / "r.pdf")
    assert "11.275" in texts.read(tmp_path / "r.pdf")


@pytest.mark.parametrize("name", ["r.docx", "r.pdf"])
def test_a_file_that_is_not_what_it_says_is_one_message(tmp_path, name):
    (tmp_path / name).write_bytes(b"not one")
    with pytest.raises(InputError, match=name):
        texts.read(tmp_path / name)
