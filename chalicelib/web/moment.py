"""The clock port of the web: a request asks once what time it is, and everything below is told."""

from datetime import UTC, datetime

from chalicelib.kernel.period import Clock


def _present() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _present


def clock() -> datetime:
    """The present moment (UTC), or the one that a test has set."""
    return _clock()


def set_clock(clock: Clock | None) -> None:
    """Take the time from ``clock``; ``None`` goes back to the machine's."""
    global _clock  # noqa: PLW0603 - the one port of the process
    _clock = clock or _present
