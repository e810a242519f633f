"""The command behind the Makefile: python -m helpers.press [reports/…html …]."""

import argparse
import os
import re
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from ..errors import InputError
from ..project import LANGUAGES, Project
from .standing import Standing

REPORT = re.compile(r"(?:reports/)?([^/]+)\.([^./]+)\.html")
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Build the reports; return 0, 1 where something failed, 2 for a mistake in what is asked."""
    options = parser().parse_args(arguments)
    began = time.monotonic()
    try:
        project = Project.find(Path(options.root) if options.root else None)
        standing = Standing(project.root, asked(options))
        if standing.is_kept():
            print("nothing to do", file=sys.stderr)
            return 0
        result = _build(project, options, standing)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for failure in result.failures:
        print(f"\nnot built: {failure.district}, {failure.place}", file=sys.stderr)
        print(failure.message, file=sys.stderr)
    if result.changed:
        print("\nsomething changed while it was built: run the same command again", file=sys.stderr)
    seconds = time.monotonic() - began
    pages = f"{len(result.reports)} page{'' if len(result.reports) == 1 else 's'}"
    done = f"{pages} written, {result.ran} chapters run, {seconds:.1f} s"
    print("nothing to do" if not result.ran and not result.reports else done, file=sys.stderr)
    return 1 if result.failures or result.changed else 0


def stop(*_: object) -> None:
    """End at once on Ctrl-C, as if killed: a build survives that at any moment.

    An exception would not do: Python only prints what is raised in a destructor or around a fork.
    """
    with suppress(Exception):  # where this cannot be imported yet, there are no children either
        from .workers import kill_all

        kill_all()
    os.write(sys.stderr.fileno(), b"\nstopped; what was finished is kept\n")
    os._exit(INTERRUPTED)


def asked(options: argparse.Namespace) -> str:
    """What the result depends on: not where it is made, by how many processes, by which engine."""
    names = ("reports", "districts", "languages", "baseline", "endline")
    return repr([getattr(options, name) for name in names])


def _build(project: Project, options: argparse.Namespace, standing: Standing):
    from .building import Build  # not for those who have nothing to do

    return Build(project, _order(project, options), standing).run()


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command."""
    found = argparse.ArgumentParser(prog="python -m helpers.press", description=__doc__)
    found.add_argument("reports", nargs="*", help="such as reports/phong-tho.vi.html")
    found.add_argument("--districts", default="", help="folder names, separated by spaces")
    found.add_argument("--languages", default=" ".join(LANGUAGES))
    found.add_argument("--baseline", default="2019", help="the earlier round, a year")
    found.add_argument("--endline", default="2022", help="the later round, a year")
    found.add_argument("--jobs", default="", help="processes at a time (all cores by default)")
    found.add_argument("--engine", default="embedded", choices=("embedded", "ipykernel"))
    found.add_argument("--scheduler", default="", help="a Dask cluster, such as tcp://host:8786")
    found.add_argument("--root", default="", help="the project's folder (found by default)")
    return found


def _order(project: Project, options: argparse.Namespace):
    from .plan import Order
    from .workers import cores

    districts = tuple(options.districts.replace(",", " ").split()) or project.districts
    languages = tuple(options.languages.replace(",", " ").split()) or LANGUAGES
    for name in options.reports:
        match = REPORT.fullmatch(name)
        if not match:
            raise InputError(f"{name}: a report is named reports/<district>.<language>.html")
    editions = tuple((district, language) for district in districts for language in languages)
    if options.reports:
        named = [REPORT.fullmatch(name) for name in options.reports]
        editions = tuple(dict.fromkeys((match[1], match[2]) for match in named))
        districts, languages = zip(*editions, strict=True)
    _check("DISTRICTS", districts, project.districts, "folders with a document in data/raw")
    _check("LANGUAGES", languages, LANGUAGES, "")
    baseline, endline = (_year(name, options) for name in ("BASELINE", "ENDLINE"))
    if baseline > endline:
        raise InputError(
            f"BASELINE: found {baseline}, after ENDLINE {endline}; the earlier round comes first:"
            f" BASELINE={endline} ENDLINE={baseline}"
        )
    jobs = _whole("JOBS", options.jobs, "2") if options.jobs else cores()
    return Order(editions, baseline, endline, jobs, options.engine, options.scheduler)


def _check(name: str, values: tuple[str, ...], allowed: tuple[str, ...], where: str) -> None:
    if not values:
        raise InputError("data/raw: no district has a document yet; see docs/transcribing.md")
    from ..rows import allowed_list

    known = set(allowed)
    for value in values:
        if value not in known:
            raise InputError(f"{name}: found {value!r}; {allowed_list(value, allowed, where)}")


def _whole(name: str, text: str, example: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text, re.ASCII):
        raise InputError(f"{name}: found {text!r}; a whole number is wanted, as {name}={example}")
    return int(text)


def _year(name: str, options: argparse.Namespace) -> int:
    from .parameters import FIRST_YEAR, LAST_YEAR

    example = {"BASELINE": "2019", "ENDLINE": "2022"}[name]
    year = _whole(name, getattr(options, name.lower()), example)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputError(
            f"{name}: found {year}; a round is a year from {FIRST_YEAR} to {LAST_YEAR}, such as"
            f" {name}={example}"
        )
    return year


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # it is, in a shell's background
        signal.signal(signal.SIGINT, stop)
    status = main()
    sys.stderr.flush()
    # Imported libraries have nothing left to tidy: leaving at once saves their teardown.
    os._exit(status)
