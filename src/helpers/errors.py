"""What can go wrong: the exceptions of the suite, and a failure as it is told."""

from dataclasses import dataclass


class InputError(Exception):
    """A mistake in what people typed: a sheet, a registry, a parameter.

    The message alone must be enough to mend it: where it is, what was found, what is allowed,
    what to do. The press prints it as it stands, without a traceback.
    """


class StorageError(InputError):
    """What is to be kept cannot be: the disk is full, the folder may not be written to."""


class MalformedNumber(ValueError):
    """A printed figure that breaks the Vietnamese rules, and so is not guessed at."""


class Problems:
    """Collects the mistakes of one file, so that a transcriber sees all of them at once."""

    def __init__(self, file: str, most: int = 20):
        self.file, self.most, self.lines = file, most, []

    def add(self, row: int | None, column: str | None, found: str, allowed: str) -> None:
        """Note one mistake: `found` and `allowed` are clauses without a full stop."""
        place = ", ".join(
            part
            for part in (
                self.file,
                f"row {row}" if row else "",
                f"column {column}" if column else "",
            )
            if part
        )
        self.lines.append(f"{place}: {found}; {allowed}")

    def raise_any(self) -> None:
        """Raise InputError with every mistake noted, if there is one."""
        if not self.lines:
            return
        more = len(self.lines) - self.most
        shown = self.lines[: self.most] + ([f"… and {more} more in this file"] if more > 0 else [])
        raise InputError("\n".join(shown))


@dataclass(frozen=True)
class Failure:
    """What could not be built, where, and why: shown on the index and on the terminal."""

    district: str
    place: str
    message: str
