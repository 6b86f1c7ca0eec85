"""``python -m infra.simulation``: the peak day through the model, printed (and, with ``--json``, as data)."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from infra.simulation.parameters import Parameters
from infra.simulation.play import day, flood
from infra.simulation.report import day_lines, flood_lines, limits, limits_table


def main() -> int:
    """Play and print."""
    parser = argparse.ArgumentParser(prog="python -m infra.simulation")
    parser.add_argument("--json", action="store_true", help="data instead of tables")
    asked = parser.parse_args()
    shipped = Parameters.load()
    raised = shipped.raised()
    played, flooded, prepared = day(shipped), flood(shipped), flood(raised)
    if asked.json:
        data = {"day": asdict(played), "flood": asdict(flooded), "flood_raised": asdict(prepared)}
        print(json.dumps(data, indent=1))
        return 0
    wish = shipped.flood
    print(f"The peak day: {shipped.events:,} events\n")
    print(*day_lines(played), sep="\n")
    print(
        f"\nA release: {wish['holds_per_second']:,.0f} holds a second for {wish['seconds']:.0f} s "
        f"on one slot of {wish['places']:,.0f} places\n"
    )
    print(*flood_lines(flooded, prepared), sep="\n")
    print(
        f"Whoever is turned away comes again {wish['tries_again_after']:.0f} s later and is counted again. "
        "As shipped: our throttle and\nAWS's first quotas; raised: with what is asked for below."
    )
    print("\nWhere each limit lies, in holds and then in events a second (! : below what is asked)\n")
    print(*limits_table(limits(shipped), limits(raised)), sep="\n")
    remembered = sum(not limit.verified for limit in shipped.limits.values())
    remembered = sum(not limit.verified for limit in shipped.limits.values())
    print(
        f"\nAWS's limits were read on {shipped.read}, {remembered} of {len(shipped.limits)} not on its own "
        "pages: infra/simulation/parameters.json."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
