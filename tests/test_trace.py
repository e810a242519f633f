import hashlib

import pytest

from helpers import trace

TEXT = """\
I. ĐẶC ĐIỂM
Thực hiện Quyết định số 59/2015/QĐ-TTg ngày 19/11/2015, huyện có 1.234 người, trên 41% là hộ nghèo.
Năm 2022 có 5/11 xã.
"""
ROWS = (
    {"printed": "1.234"},
    {"printed": "trên 41%", "indicator": "trained_labour_share", "unit": "percent"},
    {"printed": "5", "indicator": "new_rural_communes", "unit": "commune"},
    {"printed": "11", "indicator": "rural_communes", "unit": "commune"},
)


@pytest.fixture
def traced(tiny, tmp_path, monkeypatch):
    """Trace rows against a text; returns (exit status, the project)."""

    def run(rows=ROWS, text=TEXT, left_out="", keep_sum=True):
        project = tiny(*rows)
        reports = tmp_path / "reports-at-hand"
        reports.mkdir()
        (reports / "muong-te-2022.txt").write_text(text, encoding="utf-8")
        folder = project.raw / "muong-te/2022"
        if keep_sum:
            digest = hashlib.sha256(text.encode()).hexdigest()
            path = folder / "document.toml"
            path.write_text(path.read_text(encoding="utf-8") + f'sha256 = "{digest}"\n', "utf-8")
        if left_out:
            (folder / "left_out.csv").write_text(
                "section,words,reason\n" + left_out, encoding="utf-8"
            )
        monkeypatch.chdir(project.root)
        return trace.main([str(reports)])

    return run


def test_a_sheet_that_holds_its_report_is_traced(traced, capsys):
    assert traced() == 0
    out = capsys.readouterr().out
    assert "4 rows traced, 0 untraced, 0 figures unaccounted for" in out
    assert "different file" not in out


def test_a_row_that_stands_elsewhere_is_untraced(traced, capsys):
    assert traced((*ROWS[:3], {**ROWS[3], "section": "II"})) == 1
    out = capsys.readouterr().out
    assert "row 5 (f004): '11' does not stand in II" in out
    assert "»11«" in out


def test_a_digit_typed_wrong_is_untraced_both_ways(traced, capsys):
    assert traced(({"printed": "1.235"}, *ROWS[1:])) == 1
    out = capsys.readouterr().out
    assert "'1.235' does not stand in I" in out
    assert "»1.234«" in out


def test_a_part_of_a_longer_figure_is_not_that_figure(traced, capsys):
    assert traced(({"printed": "234"}, *ROWS[1:])) == 1
    assert "'234' does not stand in I" in capsys.readouterr().out


def test_each_place_is_taken_once(traced, capsys):
    assert traced((*ROWS, {"printed": "1.234", "section": "I"})) == 1
    assert "row 6 (f005)" in capsys.readouterr().out


def test_a_figure_no_row_holds_is_told_with_its_line_and_words(traced, capsys):
    assert traced(ROWS, TEXT + "Có thêm 77 lớp.\n") == 1
    assert "line 4, I: …Có thêm »77« lớp" in capsys.readouterr().out


def test_what_is_left_out_on_purpose_needs_a_row(traced, capsys):
    assert traced(ROWS, TEXT + "Nêu 5 nội dung.\n", left_out="I,5 nội dung,number of topics\n") == 0
    assert "number of topics 1" in capsys.readouterr().out


def test_a_row_of_left_out_that_does_not_stand_there_is_told(traced, capsys):
    assert traced(left_out="I,6 nội dung,number of topics\n") == 1
    assert "'6 nội dung' does not stand in section I" in capsys.readouterr().out


def test_a_different_file_is_said_to_be_different(traced, capsys):
    assert traced(keep_sum=False) == 0
    assert "different file" in capsys.readouterr().out


def test_a_missing_folder_is_one_message(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    assert trace.main(["no-such-folder"]) == 2
    assert "DOCUMENTS" in capsys.readouterr().err
