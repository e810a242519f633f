"""Building: running the units of a plan in the order they need, and binding what comes of them."""

import fcntl
import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from pathlib import Path

from ..errors import Failure, InputError, StorageError
from ..files import storing
from ..project import LANGUAGES, Project
from .plan import Order, Plan, Unit, read, unfinished
from .standing import Standing
from .workers import Executor, Outcome, Workers

TIMEOUT = 300.0  # seconds a chapter may take before it is stopped
PATIENCE = 1.0  # seconds within which a build that was killed lets go of the folder


@dataclass
class Result:
    """What a build did: reports written, units run, and what failed."""

    reports: list[Path] = field(default_factory=list)
    ran: int = 0
    changed: bool = False  # an input changed while it was built
    failures: list[Failure] = field(default_factory=list)


@dataclass(eq=False)
class Group:
    """Units that make one thing together: a district's figures, a report, the index.

    `waiting` are those that have to run, `rank` their place in the queue, and `close` is what
    happens when the last of them has ended. It is not `settled` if what it was made from changed
    while it was built.
    """

    district: str
    language: str
    units: list[Unit]
    waiting: list[Unit]
    rank: tuple[int, ...]
    close: Callable[["Group"], None]
    broken: bool = False
    settled: bool = True
    left: int = 0


class Build:
    """One build of a project."""

    def __init__(self, project: Project, order: Order, standing: Standing):
        self.project, self.order, self.standing = project, order, standing
        self.plan = Plan(project, order)
        self.result = Result()
        self.failed: set[str] = set()  # districts whose figures could not be ingested
        self.ended: list[tuple[Path, str]] = []  # ingests and pages that are to stand, with keys
        self.reports: dict[str, list[Group]] = {}  # those that wait for a district's figures
        self.queue: list[tuple] = []
        self.running: dict[Unit, Group] = {}
        self.executor: Executor | None = None
        self.progress = None
        self.numbers = count()

    def run(self) -> Result:
        """Build what is asked for and return what was done.

        Raises
        ------
        InputError
            If another build is running, or what is asked for cannot be.
        StorageError
            If the disk is full or may not be written to; what is finished is kept.
        """
        with only_build(self.project):
            for path in unfinished(self.project):
                with storing(path):
                    path.unlink(missing_ok=True)
            try:
                self._outdate_removed()
                self._run_reports()
                self._run_index()
                self._note()
            finally:
                if self.executor is not None:
                    self.executor.stop()
                if self.progress is not None:
                    self.progress.close()
        return self.result

    # ------------------------------------------------------------ what there is to do
    def _run_reports(self) -> None:
        """Run every district, binding each report as soon as its last chapter is there.

        What brings the first reports soonest goes first: a chapter that can run before the ingest
        of a later district.
        """
        ingests = []
        for place, slug in enumerate(self.plan.shown):
            units = self.plan.ingest(slug)
            ingests.append(self._group(slug, "", units, (place, 1), self._ingested))
            self.reports[slug] = []
        places = {slug: place for place, slug in enumerate(self.plan.shown)}
        for number, (slug, language) in enumerate(self.order.editions):
            units = self.plan.chapters(slug, language)
            group = self._group(slug, language, units, (places[slug], 0, number), self._bound)
            self.reports[slug].append(group)
        later = [group for groups in self.reports.values() for group in groups]
        expected = sum(len(group.waiting) for group in [*ingests, *later])
        self._run([*ingests], expected, self.order.scheduler)

    def _run_index(self) -> None:
        """Run the overview of all districts that are there, and write reports/index.html.

        It is made from what every district has left here, so it is run here, cluster or not.
        """
        if self.order.scheduler and self.executor is not None:
            self.executor.stop()
            self.executor = None
        ready = [slug for slug in self.plan.shown if slug not in self.failed]
        groups = []
        for place, language in enumerate(LANGUAGES if ready else ()):
            units = self.plan.overview(language, ready)
            group = self._group("overview", language, units, (place,), lambda group: None)
            groups.append(group)
        self._run(groups, sum(len(group.waiting) for group in groups))
        self._write_index(groups)

    def _group(
        self,
        district: str,
        language: str,
        units: list[Unit],
        rank: tuple[int, ...],
        close: Callable[[Group], None],
    ) -> Group:
        waiting = [unit for unit in units if not self.plan.is_done(unit)]
        return Group(district, language, units, waiting, rank, close)

    def _note(self) -> None:
        """Note that all is done, where nothing of it was removed or damaged meanwhile."""
        if self.result.failures or self.result.changed:
            return
        outputs = self.standing.outputs()
        if all(self.plan.stands(*ended) for ended in self.ended):
            self.standing.keep(outputs)

    # ------------------------------------------------------------ running
    def _run(self, groups: Sequence[Group], expected: int, scheduler: str = "") -> None:
        """Run groups and all that follows them; `expected` is how many units that may be."""
        if expected:
            self._prepare(expected, scheduler)
        for group in groups:
            self._open(group)
        while self.queue or self.running:
            while self.queue and self.executor.free:
                *_, group, unit = heapq.heappop(self.queue)
                self.running[unit] = group
                self.plan.begin(unit)
                self.executor.start(unit)
                self.progress.started(unit.label)
            self.binding  # noqa: B018  (imported while the first of them run)
            for unit, outcome in self.executor.finished():
                self._ended(unit, outcome)

    def _prepare(self, expected: int, scheduler: str) -> None:
        """Get ready what runs units: only where something has to run, for its imports are heavy."""
        from .progress import Progress

        if self.executor is None:
            self.executor = self._new_executor(scheduler)
        if self.progress is None:
            self.progress = Progress()
        self.progress.expect(expected)

    def _new_executor(self, scheduler: str) -> Executor:
        if scheduler:
            from .cluster import Cluster

            return Cluster(scheduler, self.project, self.order.engine, TIMEOUT)
        from . import running

        running.prepare(self.project)
        self._check_package()
        root, engine = self.project.root, self.order.engine
        execute = partial(running.execute, root, engine=engine)
        return Workers(execute, self.order.jobs, TIMEOUT, partial(running.ready, root))

    @cached_property
    def binding(self):
        """The module that binds pages, with its templates read."""
        from . import binding

        binding.read_templates()
        self._check_package()
        return binding

    def _check_package(self) -> None:
        """Hold what was imported against what the keys were made of."""
        if not self.standing.package_is_same:
            raise InputError("src/helpers/: edited while it was read; run the same command again")

    def _open(self, group: Group) -> None:
        group.left = len(group.waiting)
        for unit in group.waiting:
            heapq.heappush(self.queue, (group.rank, next(self.numbers), group, unit))
        if not group.left:
            group.close(group)

    def _ended(self, unit: Unit, outcome: Outcome) -> None:
        group = self.running.pop(unit)
        self.result.ran += 1
        if outcome.fatal:
            raise StorageError(outcome.failure)
        if outcome.failure:
            group.broken = True
            self._fail(group, unit, outcome)
        else:
            self._settle(group, unit)
        self.progress.finished(unit.label, failed=bool(outcome.failure))
        group.left -= 1
        if not group.left:
            group.close(group)

    def _settle(self, group: Group, unit: Unit) -> None:
        """Put a result in its place.

        Before new figures have their key, the reports of the old ones say that they are old:
        whatever happens then, no build takes them for reports of the new ones.
        """
        if unit.ingests:
            self._outdate(group.district, LANGUAGES)
        if not self.plan.settle(unit):
            group.settled = False
            self.result.changed = True

    def _fail(self, group: Group, unit: Unit, outcome: Outcome) -> None:
        place = f"{unit.notebook} ({group.language})" if group.language else unit.notebook
        self.result.failures.append(Failure(group.district, place, outcome.failure))

    # ------------------------------------------------------------ what becomes of it
    def _ingested(self, group: Group) -> None:
        """A district's figures are there, or cannot be: its reports can run, or are outdated."""
        reports = self.reports.pop(group.district)
        if group.broken:
            self.failed.add(group.district)
            self._outdate(group.district, LANGUAGES)
            self.progress.expect(-sum(len(report.waiting) for report in reports))
            return
        self.ended += [(self.plan.output(unit), unit.key) for unit in group.units]
        for report in reports:
            report.settled = group.settled
            self._open(report)

    def _bound(self, group: Group) -> None:
        """Every chapter of a report has ended: bind it, or mark the old one."""
        if group.broken:
            self._outdate(group.district, [group.language])
            return
        path = self.plan.page(group.district, group.language)
        key = self.plan.keys.page(unit.key for unit in group.units)
        self.ended.append((path, key))
        if self.plan.stands(path, key):
            return
        page = self.binding.report(
            self._outputs(group),
            group.language,
            group.district,
            self._district_name(group.district),
            self.plan.keys.lock,
        )
        self.plan.settle_page(path, page, key if group.settled else "")
        self.result.reports.append(path)
        if self.progress is not None:
            self.progress.bound(self.project.name(path))

    def _outputs(self, group: Group) -> list[Path]:
        return [self.plan.output(unit) for unit in group.units]

    def _district_name(self, slug: str) -> str:
        from .. import reference

        return reference.load(self.project).district(slug).official

    def _outdate(self, district: str, languages: Iterable[str]) -> None:
        """Mark a standing report that does not follow its inputs any more."""
        for language in languages:
            path = self.plan.page(district, language)
            page = read(path)
            if not page:
                continue
            marked = self.binding.mark_outdated(page, language)
            if marked != page:
                self.plan.settle_page(path, marked)

    def _outdate_removed(self) -> None:
        """Mark the reports of districts that are not in data/raw any more."""
        for path in self.project.reports.glob("*.*.html"):
            slug, language, _ = path.name.split(".", 2)
            if slug not in self.project.districts and language in LANGUAGES:
                self._outdate(slug, [language])

    def _write_index(self, groups: list[Group]) -> None:
        path = self.project.reports / "index.html"
        # In whatever order they came, they are told in one.
        self.result.failures.sort(key=lambda failure: (failure.district, failure.place))
        keys = [unit.key for group in groups for unit in group.units]
        key = self.plan.keys.page([*keys, *map(repr, self.result.failures)])
        self.ended.append((path, key))
        if self.plan.stands(path, key):
            return
        broken = any(group.broken for group in groups)
        chapters = {language: [] for language in LANGUAGES}
        if not broken:
            chapters |= {group.language: self._outputs(group) for group in groups}
        settled = all(group.settled for group in groups)
        page = self.binding.index(chapters, self.result.failures, self.plan.keys.lock)
        self.plan.settle_page(path, page, key if settled else "")
        self.result.reports.append(path)


@contextmanager
def only_build(project: Project) -> Iterator[None]:
    """Hold the build folder for one build.

    Raises
    ------
    InputError
        If another build holds it, and does not let go soon.
    """
    with storing(project.build):
        project.build.mkdir(parents=True, exist_ok=True)
        lock = open(project.build / ".lock", "w")  # noqa: SIM115  (held to the end)
    with lock:
        patience = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    raise InputError(
                        "build/: another build of this project is running; wait for it or stop it"
                    ) from None
                time.sleep(0.02)
        yield
