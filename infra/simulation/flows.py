"""What takes work on: a throttle, a function with its environments, a worker with work before it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.simulation.parameters import Parameters


@dataclass
class Function:
    """Environments of one function: started at a limited rate, up to a limit; each takes one request."""

    parameters: Parameters
    environments: float = 0.0

    def second(self, requests: float, *, ms: float) -> float:
        """How many of ``requests`` of ``ms`` each are served in this second; the rest is refused."""
        wanted = requests * ms / 1000
        new = max(0.0, wanted - self.environments)
        new = min(new, self.parameters.limit("function_scaling") / 10)
        new = min(new, max(0.0, self.parameters.limit("function_concurrency") - self.environments))
        # One that starts loses its first moments to loading the code.
        ready = max(0.0, 1.0 - self.parameters.costs["init_ms"] / 1000)
        able = (self.environments + new * ready) * 1000 / ms
        self.environments += new
        return min(requests, able)


@dataclass
class Worker:
    """Work that waits its turn: nothing is refused, the backlog grows. ``most``: its longest, in items."""

    backlog: float = 0.0
    most: float = 0.0
    done: float = 0.0

    def second(self, arriving: float, *, able: float) -> float:
        """Take ``arriving`` in, do up to ``able``; how much was done."""
        waiting = self.backlog + arriving
        now = min(waiting, able)
        self.backlog = waiting - now
        self.most = max(self.most, self.backlog)
        self.done += now
        return now


def relay_rate(parameters: Parameters, *, shards: int) -> float:
    """Events a second the relay publishes: one batch at a time for each lane of each shard."""
    costs = parameters.costs
    batch = parameters.limit("stream_batch")
    events = batch / parameters.day["rows_per_event"]
    seconds = (costs["relay_ms"] + events * costs["relay_event_ms"]) / 1000
    return shards * parameters.limit("stream_parallel") * events / seconds


def bus_rate(parameters: Parameters) -> float:
    """Events a second the bus takes and hands on: full calls of ten, and one delivery an event."""
    return min(parameters.limit("bus_puts") * 10, parameters.limit("bus_invocations"))


def inbox_rate(parameters: Parameters, *, writes: float, key_writes: float) -> float:
    """Events a second the bureau files: its functions, or the partition its figures lie in.

    writes: units a second that partition takes; key_writes: units one event costs there.
    """
    costs, batch = parameters.costs, parameters.limit("inbox_batch")
    seconds = (costs["inbox_ms"] + batch * costs["inbox_event_ms"]) / 1000
    return min(parameters.limit("inbox_concurrency") * batch / seconds, writes / key_writes)
