"""Building: which chapters have to run, in which order, and what becomes of their results.

The unit of work is a notebook with its parameters. Its key is a checksum of all it depends on:
the notebook, the helpers, the raw files of its districts, the parameters and the lock. A unit whose
result was made with the same key is not run again; a report is bound anew when a chapter of it was.
"""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from markupsafe import Markup

from .. import files, wording
from ..errors import InputError
from ..project import LANGUAGES, Project
from . import parameters
from .parameters import Notebook
from .progress import Progress
from .workers import Outcome, Workers

TIMEOUT = 300.0  # seconds a chapter may take before it is stopped
LOCK_FILE = "requirements.lock"
NAMED_VERSIONS = ("papermill", "nbconvert", "pandas", "matplotlib", "jupyterlab")


@dataclass(frozen=True, eq=False)
class Unit:
    """A notebook with its parameters, where its result goes, and the key it is made with."""

    notebook: Notebook
    values: tuple[tuple[str, object], ...]
    output: Path
    key: str

    @property
    def label(self) -> str:
        given = dict(self.values)
        named = [str(given[name]) for name in ("district", "language") if name in given]
        return " ".join([*named, self.notebook.name])

    @property
    def is_done(self) -> bool:
        """Whether the result stands and was made with the same key."""
        return self.output.is_file() and _read(_key_file(self.output)) == self.key


@dataclass(frozen=True)
class Failure:
    """What could not be built, where, and why: shown on the index and on the terminal."""

    district: str
    place: str
    message: str


@dataclass
class Result:
    """What a build did: reports written, units run, and what failed."""

    reports: list[Path] = field(default_factory=list)
    ran: int = 0
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """What is asked for: (district, language) pairs, the two rounds, the jobs and the engine."""

    editions: tuple[tuple[str, str], ...]
    baseline: int
    endline: int
    jobs: int
    engine: str = "embedded"

    @property
    def districts(self) -> set[str]:
        return {district for district, _ in self.editions}


class Build:
    """One build of a project."""

    def __init__(self, project: Project, order: Order):
        self.project, self.order = project, order
        self.notebooks = parameters.notebooks(project)
        self.result = Result()

    # ------------------------------------------------------------ what there is to do
    def of_role(self, role: str) -> list[Notebook]:
        return [notebook for notebook in self.notebooks if notebook.role == role]

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The districts of the index: those asked for, and those that have a report already."""
        standing = {path.name.split(".")[0] for path in self.project.reports.glob("*.*.html")}
        return tuple(
            slug
            for slug in self.project.districts
            if slug in self.order.districts or slug in standing
        )

    def ingest(self, district: str) -> list[Unit]:
        return [
            self._unit(notebook, self.project.build / district, (district,), district=district)
            for notebook in self.of_role("ingest")
        ]

    def chapters(self, district: str, language: str) -> list[Unit]:
        folder = self.project.build / district / language
        return [
            self._unit(notebook, folder, (district,), district=district, language=language)
            for notebook in self.of_role("chapter")
        ]

    def overview(self, language: str, districts: Sequence[str]) -> list[Unit]:
        folder = self.project.build / "overview" / language
        return [
            self._unit(notebook, folder, districts, language=language, districts=list(districts))
            for notebook in self.of_role("overview")
        ]

    def _unit(
        self, notebook: Notebook, folder: Path, reads: Iterable[str], **values: object
    ) -> Unit:
        rounds = {"baseline": self.order.baseline, "endline": self.order.endline}
        kept = parameters.check(self.project, notebook, {**rounds, **values})
        named = tuple(sorted(kept.items(), key=lambda pair: pair[0]))
        key = _digest(
            notebook.path.read_bytes(),
            self._suite,
            json.dumps(named, ensure_ascii=False),
            *(self._inputs(district) for district in reads),
        )
        return Unit(notebook, named, folder / notebook.path.name, key)

    @cached_property
    def _suite(self) -> str:
        """A checksum of the helpers and of the lock."""
        package = Path(__file__).parents[1]
        own = sorted(
            path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"
        )
        lock = self.project.root / LOCK_FILE
        return _digest(
            *(f"{path.relative_to(package).as_posix()}:{files.checksum(path)}" for path in own),
            files.checksum(lock) if lock.is_file() else "",
        )

    def _inputs(self, district: str) -> str:
        if district not in self._digests:
            sums = files.checksums(self.project, self.project.inputs(district))
            self._digests[district] = _digest(json.dumps(sums))
        return self._digests[district]

    @cached_property
    def _digests(self) -> dict[str, str]:
        return {}

    # ------------------------------------------------------------ doing it
    def run(self) -> Result:
        """Build what is asked for and return what was done."""
        with _only_build(self.project):
            for left in self.project.build.rglob(".new-*"):  # of a build that was killed
                left.unlink()
            failed = self._ingest_all()
            ready = [slug for slug in self.shown if slug not in failed]
            editions = [edition for edition in self.order.editions if edition[0] not in failed]
            units = {edition: self.chapters(*edition) for edition in editions}
            self._run_reports(units)
            for slug in failed:
                self._outdate(slug, LANGUAGES)
            self._write_index(ready)
        return self.result

    def _ingest_all(self) -> set[str]:
        units = {(slug, unit): unit for slug in self.shown for unit in self.ingest(slug)}
        failed = set()
        for (slug, unit), outcome in self._run("ingest", units):
            if outcome.failure:
                failed.add(slug)
                self._fail(slug, unit, outcome)
        return failed

    def _run_reports(self, units: dict[tuple[str, str], list[Unit]]) -> None:
        """Run the chapters, binding each report as soon as its last chapter is there."""
        left = {edition: set(found) for edition, found in units.items()}
        broken: set[tuple[str, str]] = set()
        keyed = {(edition, unit): unit for edition, found in units.items() for unit in found}
        for (edition, unit), outcome in self._run("chapters", keyed):
            left[edition].discard(unit)
            if outcome.failure:
                broken.add(edition)
                self._fail(edition[0], unit, outcome)
            if not left[edition]:
                if edition in broken:
                    self._outdate(edition[0], (edition[1],))
                else:
                    self._bind(edition, units[edition])

    def _run(self, what: str, keyed: dict):
        """Run what is not done, at most `jobs` at a time; give (key, outcome) of every unit."""
        waiting = []
        for key, unit in keyed.items():
            if unit.is_done:
                yield key, Outcome()
            else:
                waiting.append((key, unit))
        if not waiting:
            return
        from . import running  # imports papermill: only where something has to run

        workers = Workers(self.order.jobs, TIMEOUT)
        progress = Progress(what, len(waiting))
        queue = iter(waiting)
        following = next(queue, None)
        try:
            while following or workers.running:
                while following and workers.free:
                    key, unit = following
                    workers.start(key, running.execute, self.project.root, unit, self.order.engine)
                    progress.started(unit.label)
                    following = next(queue, None)
                for key, outcome in workers.finished():
                    unit = keyed[key]
                    self.result.ran += 1
                    if not outcome.failure and outcome.value:
                        outcome = Outcome(failure=outcome.value)
                    if not outcome.failure:
                        files.write(_key_file(unit.output), unit.key)
                    progress.finished(unit.label, failed=bool(outcome.failure))
                    yield key, outcome
        finally:
            workers.stop()
            progress.close()

    def _fail(self, district: str, unit: Unit, outcome: Outcome) -> None:
        name = self.project.name(unit.notebook.path)
        language = dict(unit.values).get("language", "")
        place = f"{name} ({language})" if language else name
        failure = Failure(district, place, outcome.failure)
        self.result.failures.append(failure)

    # ------------------------------------------------------------ what becomes of it
    def report_path(self, district: str, language: str) -> Path:
        return self.project.reports / f"{district}.{language}.html"

    def _bind(self, edition: tuple[str, str], units: list[Unit]) -> None:
        path = self.report_path(*edition)
        key = _digest(*(unit.key for unit in units))
        if path.is_file() and _read(self._report_key(path)) == key:
            return
        from . import binding

        page = binding.report(
            [unit.output for unit in units],
            edition[1],
            edition[0],
            self._district_name(edition[0]),
            self.versions,
        )
        files.write(path, page)
        files.write(self._report_key(path), key)
        self.result.reports.append(path)
        Progress.say(f"{self.project.name(path)}")

    def _report_key(self, path: Path) -> Path:
        return self.project.build / "reports" / f"{path.name}.key"

    def _district_name(self, slug: str) -> str:
        from .. import reference

        return reference.load(self.project).district(slug).official

    @cached_property
    def versions(self) -> str:
        """Versions of the packages that make the reports, as the lock has them."""
        lock = _read(self.project.root / LOCK_FILE)
        found = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
        return ", ".join(f"{name} {found[name]}" for name in NAMED_VERSIONS if name in found)

    def _outdate(self, district: str, languages: Iterable[str]) -> None:
        """Mark a standing report that does not follow its inputs any more."""
        for language in languages:
            path = self.report_path(district, language)
            if not path.is_file():
                continue
            from . import binding

            files.write(path, binding.mark_outdated(_read(path), language))
            self._report_key(path).unlink(missing_ok=True)

    def _write_index(self, ready: Sequence[str]) -> None:
        path = self.project.reports / "index.html"
        units = (
            {language: self.overview(language, ready) for language in LANGUAGES} if ready else {}
        )
        keyed = {(language, unit): unit for language, found in units.items() for unit in found}
        broken = False
        for (_, unit), outcome in self._run("overview", keyed):
            if outcome.failure:
                broken = True
                self._fail("overview", unit, outcome)
        key = _digest(
            *(unit.key for found in units.values() for unit in found),
            *(repr(failure) for failure in self.result.failures),
        )
        if path.is_file() and _read(self._report_key(path)) == key:
            return
        from . import binding

        chapters = {
            language: [] if broken else [unit.output for unit in units.get(language, [])]
            for language in LANGUAGES
        }
        notices = {language: self._notice(language) for language in LANGUAGES}
        files.write(path, binding.index(chapters, notices, self.versions))
        files.write(self._report_key(path), key)
        self.result.reports.append(path)

    def _notice(self, language: str) -> Markup:
        """Say what was not built, for the index."""
        if not self.result.failures:
            return Markup("")
        lines = Markup("").join(
            Markup("<li>{}<pre>{}</pre></li>").format(
                wording.say(
                    "page.failure",
                    language,
                    district=failure.district,
                    place=failure.place,
                    message="",
                ),
                failure.message,
            )
            for failure in self.result.failures
        )
        title = wording.say("page.failures", language)
        return Markup(
            '<div class="outdated" role="status"><strong>{}</strong><ul>{}</ul></div>'
        ).format(title, lines)


@contextmanager
def _only_build(project: Project):
    """Hold the build folder for one build; a second one is told so at once."""
    project.build.mkdir(parents=True, exist_ok=True)
    with open(project.build / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                "build/: another build of this project is running; wait for it or stop it"
            ) from None
        yield


def _key_file(output: Path) -> Path:
    return output.with_suffix(".key")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _digest(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()
