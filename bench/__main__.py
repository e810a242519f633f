"""The benchmark: what a report costs, the press against other ways, in one run on one machine.

python -m bench writes docs/benchmark.md. The projects are made from the real districts, any number
of them (see synthetic); every number is measured, and the ratios are of numbers of the same run.
"""

import argparse
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from helpers import files
from helpers.press.__main__ import asked, parser
from helpers.press.standing import Standing
from helpers.press.workers import cores
from helpers.project import LANGUAGES, Project

from . import synthetic
from .measuring import Measured, interrupted_cleanly, measure

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "benchmark.md"
NAMED = ("papermill", "nbconvert", "nbclient", "ipykernel", "jupyterlab", "pandas", "matplotlib")
ROUNDS = 3  # of what takes seconds; what takes minutes is measured once
PRESS = "this press"
PLAIN = "papermill's and nbconvert's commands, from make"
FLOORS = {
    "floor: plain Python and Jinja2, a forked process per chapter": "floor-chapters",
    "floor: the same, a district's figures read once, before forking": "floor-shared",
    "floor: the same, a forked process per report, nothing isolated": "floor-report",
}
Way = Callable[[Project], Measured]
BUILDS = ("reports", "build", "data/processed")
MIDDLE = 63  # districts, so many that starting up does not count
MANY = 1000  # districts with nothing to do


class Bench:
    """One run: its projects in a folder of its own, and the lines of the page it writes."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.source = Project(ROOT)
        self.bin = Path(sys.executable).parent

    def project(self, districts: int) -> Project:
        root = self.folder / f"districts-{districts}"
        return Project(root) if root.is_dir() else synthetic.make(self.source, root, districts)

    # ------------------------------------------------------------ the ways
    def press(self, project: Project) -> Measured:
        command = [sys.executable, "-m", "helpers.press", "--root", str(project.root)]
        return measure(command, project.reports)

    def plain(self, project: Project) -> Measured:
        settings = (f"BIN={self.bin}", f"ROOT={project.root}")
        settings += (f"DISTRICTS={' '.join(project.districts)}", f"LANGUAGES={' '.join(LANGUAGES)}")
        make = ["make", "-s", f"-j{cores()}", "-f", str(ROOT / "bench" / "plain.mk"), *settings]
        return measure(make)

    def other(self, way: str) -> Way:
        return lambda project: measure([sys.executable, "-m", "bench.ways", way, str(project.root)])

    # ------------------------------------------------------------ what is measured
    def ways(self, districts: int, ways: dict[str, tuple[Way, int]]) -> list[str]:
        """Every way to the reports of the same districts, in turn, each so many times."""
        project = self.project(districts)
        reports = districts * len(LANGUAGES)
        found: dict[str, list[Measured]] = {way: [] for way in ways}
        for number in range(max(rounds for _, rounds in ways.values())):
            for way, (run, rounds) in ways.items():
                if number < rounds:
                    clean(project)
                    say(f"{districts} districts, {way}")
                    found[way].append(run(project))
        press = middle(found[PRESS], "cpu")
        return [
            "| way | CPU s per report | times the press | the press, times it | wall s for all |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {way} | {middle(runs, 'cpu') / reports:.2f} "
                f"| {middle(runs, 'cpu') / press:.2f} | {press / middle(runs, 'cpu'):.2f} "
                f"| {middle(runs, 'wall'):.1f} |"
                for way, runs in found.items()
            ),
        ]

    def builds(self, sizes: list[int]) -> list[str]:
        """The press at several sizes: first report, all, nothing to do, one sheet changed."""
        lines = [
            "| districts | reports | first report s | all s | CPU s per report | nothing to do s "
            "| one sheet changed s | peak memory MB |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
        ]
        for districts in sizes:
            project = self.project(districts)
            full = []
            for _ in range(ROUNDS if districts < 10 else 1):
                clean(project)
                say(f"{districts} districts, everything")
                full.append(self.press(project))
            say(f"{districts} districts, nothing to do")
            nothing = [self.press(project) for _ in range(5)]
            say(f"{districts} districts, one sheet changed")
            change(project)
            sheet = self.press(project)
            reports = districts * len(LANGUAGES)
            lines.append(
                f"| {districts} | {reports} | {middle(full, 'first'):.1f} "
                f"| {middle(full, 'wall'):.1f} | {middle(full, 'cpu') / reports:.2f} "
                f"| {middle(nothing, 'wall'):.3f} | {sheet.wall:.1f} "
                f"| {max(one.memory for one in full):.0f} |"
            )
        return lines

    def nothing(self, districts: int) -> str:
        """Nothing to do with very many districts: their files are copied, not built."""
        built = self.project(len(self.source.districts))
        self.press(built)
        project = self.project(districts)
        for number, slug in enumerate(project.districts):
            like = built.districts[number % len(built.districts)]
            shutil.copytree(built.processed / like, project.processed / slug, dirs_exist_ok=True)
            for language in LANGUAGES:
                page = (built.reports / f"{like}.{language}.html").read_text(encoding="utf-8")
                files.write(project.reports / f"{slug}.{language}.html", page)
        project.build.mkdir(exist_ok=True)
        standing = Standing(project.root, asked(parser().parse_args([])))
        standing.keep(standing.outputs())
        say(f"{districts} districts, nothing to do")
        runs = [self.press(project) for _ in range(9)]
        if len(list(project.build.iterdir())) > 1:
            raise SystemExit("something was built where there was nothing to do")
        seconds = f"{middle(runs, 'wall'):.3f} s (median of {len(runs)})"
        return f"With {districts:,} districts: {seconds}."


def clean(project: Project) -> None:
    """Remove what a way has made."""
    for name in (*BUILDS, "plain", "one-process", "floor"):
        shutil.rmtree(project.root / name, ignore_errors=True)


def change(project: Project) -> None:
    """Add an empty line to a sheet of the last district: its figures are ingested anew."""
    path = sorted((project.raw / project.districts[-1]).glob("*/figures.csv"))[0]
    path.write_bytes(path.read_bytes() + b"\n")


def middle(runs: list[Measured], name: str) -> float:
    return median(getattr(run, name) for run in runs)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def page(bench: Bench, sizes: list[int]) -> str:
    """Measure everything and return the page."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    small = len(bench.source.districts)
    lines = [
        "# Benchmark",
        "",
        "Written by `make bench`, which measures everything in one run; medians where a line was"
        " measured several times. Ratios say more than seconds: machines differ, and other"
        " programs run beside.",
        "",
        f"- {date.today().isoformat()}; {platform.system()} {platform.machine()},"
        f" {cores()} cores, {memory:.0f} GB; Python {platform.python_version()}",
        f"- {', '.join(f'{name} {found[name]}' for name in NAMED if name in found)}",
        "- Districts beyond the real ones are copies of them under other names, with their communes"
        " in the registry of areas (bench/synthetic.py).",
        "",
        f"## What a report costs, {small} districts in both languages",
        "",
        "A report is five executed chapters bound into a page, and half of its district's ingest;"
        " starting up is included.",
        "",
        *bench.ways(
            small,
            {
                PLAIN: (bench.plain, 1),
                "their APIs in one process, an ordinary kernel per notebook": (
                    bench.other("one-process"),
                    1,
                ),
                PRESS: (bench.press, ROUNDS),
                **{floor: (bench.other(way), ROUNDS) for floor, way in FLOORS.items()},
            },
        ),
        "",
        f"## Against the floor, {MIDDLE} districts",
        "",
        "The floor executes the same cells as plain Python, with the same charts, and puts the"
        " page together with the same Jinja2 template; it writes no notebooks. With a process per"
        " chapter it is as isolated as the press: no chapter sees what another did to its process,"
        " and what lies between that and a process per report is the price of it. Like the press,"
        " it imports, reads the registries and freezes its memory before it forks. It runs one"
        " process after the other, so only its processor time is to be held against the press.",
        "",
        *bench.ways(
            MIDDLE,
            {
                PRESS: (bench.press, 2),
                **{floor: (bench.other(way), 2) for floor, way in FLOORS.items()},
            },
        ),
        "",
        "## The press at several sizes",
        "",
        f"All {cores()} cores, nothing built before, the environment ready. Memory is that of all"
        " processes together, what they share counted once.",
        "",
        *bench.builds(sizes),
        "",
        "Nothing to do is answered from the dates of the files. " + bench.nothing(MANY),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--sizes", default="3 63 705", help="numbers of districts")
    asked_for = options.parse_args().sizes
    if not re.fullmatch(r"\s*[1-9]\d*(\s+[1-9]\d*)*\s*", asked_for, re.ASCII):
        options.error(f"SIZES: found {asked_for!r}; numbers of districts are wanted: SIZES='3 63'")
    sizes = [int(size) for size in asked_for.split()]
    interrupted_cleanly()
    with tempfile.TemporaryDirectory(prefix="district-reports-bench-") as folder:
        text = page(Bench(Path(folder)), sizes)
    print(text)
    files.write(DOCUMENT, text)


if __name__ == "__main__":
    main()
