"""Releasing: what was parked, its contract one version ahead, is taken in once the contract is here."""

import json
from datetime import datetime

from chalicelib.kernel.module import Arrival
from chalicelib.telemetry import emit
from tenants.bureau.usecases.intake import PARKED, take_in
from tenants.bureau.usecases.ports import Directory, Judge, Ledger

TOGETHER = 10
REPLAY = "released"
"""The replay mark of an event that had been parked."""


def release_parked(*, now: datetime, ledger: Ledger, tenant: Directory, judge: Judge) -> dict[str, int]:
    """The duty, and the desk's button: {parked, released, refused}.

    An event that is taken in twice counts once, so a release that breaks off is simply done again.
    """
    totals = {"parked": 0, "released": 0, "refused": 0}
    ready = []
    for aside in ledger.parked():
        totals["parked"] += 1
        envelope = json.loads(aside.body)
        found = judge(envelope, tenant=tenant(aside.sender), now=now)
        if not found:
            ready.append((aside, Arrival(envelope=envelope, lane="", replay=REPLAY)))
        elif found[0].code != PARKED:
            ledger.release(aside, now=now, problem=found[0])
            totals["refused"] += 1
    for start in range(0, len(ready), TOGETHER):
        part = ready[start : start + TOGETHER]
        arrivals = [arrival for _, arrival in part]
        failed = take_in(arrivals, now=now, ledger=ledger, tenant=tenant, judge=judge)
        for index, (aside, _) in enumerate(part):
            if index not in failed:
                ledger.release(aside, now=now)
                totals["released"] += 1
    if totals["parked"]:
        emit("bureau.release-parked", totals)
    return totals
