import os

import pytest

from helpers import files


def test_the_checksum_is_the_sha256_of_the_bytes(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")  # the example of FIPS 180-4
    assert files.checksum(path) == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_checksums_name_files_from_the_project_and_follow_their_bytes(copied):
    paths = copied.inputs("phong-tho")
    before = files.checksums(copied, paths)
    assert "data/raw/phong-tho/2022/figures.csv" in before
    changed = copied.raw / "phong-tho" / "2022" / "figures.csv"
    changed.write_bytes(changed.read_bytes().replace(b"\n", b"\r\n"))
    after = files.checksums(copied, paths)
    assert {name for name in before if before[name] != after[name]} == {
        "data/raw/phong-tho/2022/figures.csv"
    }


def test_text_is_written_as_it_is_and_its_folder_is_made(tmp_path):
    path = tmp_path / "new" / "folder" / "page.html"
    files.write(path, "nghèo\r\nđói\n")
    assert path.read_bytes() == "nghèo\r\nđói\n".encode()


def test_what_is_written_can_be_read_by_everybody_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        files.write(tmp_path / "page.html", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o644


def test_a_reader_of_the_old_file_still_finds_all_of_it(tmp_path):
    path = tmp_path / "page.html"
    files.write(path, "old" * 10_000)
    with path.open(encoding="utf-8") as reading:
        start = reading.read(3)
        files.write(path, "new")
        assert start + reading.read() == "old" * 10_000
    assert path.read_text(encoding="utf-8") == "new"


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "page.html"
    files.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        files.write(path, "new" * 10_000 + "\udce9")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["page.html"]
