"""The benchmark measures what it says: the same computation, of projects that can be built."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import synthetic
from bench.measuring import measure
from test_building import build, page, text

ROOT = Path(__file__).parents[1]


def test_a_copied_district_has_the_report_of_the_real_one(project, whole, tmp_path):
    made = synthetic.make(project, tmp_path / "made", 5)
    assert len(made.districts) == 5
    assert set(project.districts) < set(made.districts)
    assert build(made, "--districts", "phong-tho-0003", "--languages", "vi") == 0
    ours, real = text(made, "phong-tho-0003.vi.html"), text(whole, "phong-tho.vi.html")
    # The names and checksums of the input files, and the download, have the district's name.
    until = "SHA-256"
    renamed = ours.partition(until)[0].replace("phong-tho-0003", "phong-tho")
    assert renamed == real.partition(until)[0]


def pieces(html):
    """The tables and drawings of a page."""
    found = re.findall(r"<table.*?</table>|<svg.*?</svg>", html, re.DOTALL)
    return [" ".join(piece.split()) for piece in found]


@pytest.mark.parametrize("way", ["floor-chapters", "floor-shared", "floor-report"])
def test_the_floor_computes_what_the_press_shows(project, whole, tmp_path, way):
    made = synthetic.make(project, tmp_path / "made", 1)
    subprocess.run([sys.executable, "-m", "bench.ways", way, made.root], cwd=ROOT, check=True)
    for language in ("vi", "en"):
        name = f"phong-tho.{language}.html"
        theirs = pieces((made.root / "floor" / name).read_text(encoding="utf-8"))
        assert len(theirs) > 20
        # The registry of areas was written anew: its checksum is another.
        pairs = zip(theirs, pieces(page(whole, name)), strict=True)
        assert all("areas.csv" in ours for ours, real in pairs if ours != real)


def test_what_a_command_starts_counts_too(tmp_path):
    """Processor time and memory are those of the child of the child; files are seen to appear."""
    work = "x = bytearray(80_000_000); [i * i for i in range(4_000_000)]"
    script = (
        "import pathlib, subprocess, sys, time;"
        f"pathlib.Path({str(tmp_path / 'a.vi.html')!r}).touch();"
        f"subprocess.run([sys.executable, '-c', {work!r} + '; import time; time.sleep(1)'])"
    )
    found = measure([sys.executable, "-c", script], tmp_path)
    assert found.memory > 80
    assert found.cpu > 0.05
    assert 0 < found.first < found.wall
    assert found.wall > 1


def test_a_command_that_fails_ends_the_benchmark():
    with pytest.raises(SystemExit, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"])
