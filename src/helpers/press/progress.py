"""Progress of a build: a line that moves on a terminal, a line per step elsewhere."""

import sys

from tqdm import tqdm

# The press forks: no thread may run beside it.
tqdm.monitor_interval = 0
NAMED = 3  # units named in the line; of more only their number is told


class Progress:
    """Counts the units of a build, says how fast they go, and names those that are running."""

    def __init__(self):
        self.running: list[str] = []
        self.done, self.total = 0, 0
        self.bar = tqdm(
            total=0,
            unit=" chapters",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            bar_format="{n_fmt}/{total_fmt} chapters, {rate_noinv_fmt}, {elapsed} gone, "
            "{remaining} left {postfix}",
        )

    def expect(self, units: int) -> None:
        """Say that so many more units are to run, or fewer, where it is negative."""
        self.total += units
        self.bar.total = self.total
        self.bar.refresh()
        if self.bar.disable and units > 0:
            self.say(f"{units} chapters to run")

    def started(self, label: str) -> None:
        self.running.append(label)
        self._show()

    def finished(self, label: str, failed: bool) -> None:
        self.running.remove(label)
        self.done += 1
        self.bar.update()
        self._show()
        if failed:
            self.say(f"failed: {label}")

    def _show(self) -> None:
        many = len(self.running) > NAMED
        self.bar.set_postfix_str(f"{len(self.running)} running" if many else self._names())

    def _names(self) -> str:
        return ", ".join(self.running)

    def bound(self, name: str) -> None:
        """Say that a report is finished; without a moving line, how far the build is too."""
        self.say(f"{self.done}/{self.total} {name}" if self.bar.disable else name)

    @staticmethod
    def say(line: str) -> None:
        """Print a line without disturbing the moving one."""
        tqdm.write(line, file=sys.stderr)
        sys.stderr.flush()

    def close(self) -> None:
        self.bar.close()
