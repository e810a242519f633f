"""Progress of a build: a line that moves on a terminal, a line per step elsewhere."""

import sys

from tqdm import tqdm

# The press forks: no thread may run beside it.
tqdm.monitor_interval = 0


class Progress:
    """Counts the units of a build and names those that are running."""

    def __init__(self, what: str, total: int):
        self.running: list[str] = []
        self.bar = tqdm(
            total=total,
            desc=what,
            unit="chapter",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            bar_format="{desc}: {n_fmt}/{total_fmt} [{elapsed}<{remaining}] {postfix}",
        )
        if self.bar.disable:
            print(f"{what}: {total} to run", file=sys.stderr, flush=True)

    def started(self, label: str) -> None:
        self.running.append(label)
        self._show()

    def finished(self, label: str, failed: bool) -> None:
        self.running.remove(label)
        self.bar.update()
        self._show()
        if failed:
            self.say(f"failed: {label}")

    def _show(self) -> None:
        self.bar.set_postfix_str(", ".join(self.running))

    @staticmethod
    def say(line: str) -> None:
        """Print a line without disturbing the moving one."""
        tqdm.write(line, file=sys.stderr)
        sys.stderr.flush()

    def close(self) -> None:
        self.bar.close()
