"""What travel agencies say: contracts, groups filed, on their way, settled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Counters = dict[str, int]

CITY = "4101"
DEVIATIONS = frozenset({"skipped", "added", "changed"})


def contract(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U13."""
    return {
        "contracts": 1,
        f"contracts.{data['kind']}": 1,
        "contract_pax": int(data["pax"]),
        "contract_fen": int(data["price"]),
        "below_floor": int(data["belowFloor"]),
        "with_shopping": int(data["shopping"] > 0),
        "with_optional": int(data["optional"] > 0),
    }


def filed(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U14. ``bound.<district>`` are people of groups that will come through a district of the city."""
    people = int(data["pax"])
    return {
        "groups": 1,
        f"groups.{data['market']}": 1,
        "group_pax": people,
        f"group_pax.{data['market']}": people,
        **{f"bound.{one}": people for one in {*data["districts"]} if one.startswith(CITY)},
    }


def progressed(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U15: stops of itineraries; one that was left out, put in or changed deviates."""
    state = data["state"]
    return {"stops": 1, f"stops.{state}": 1, "deviations": int(state in DEVIATIONS)}


def settled(data: Mapping[str, Any], _at: datetime) -> Counters:
    """U16: what a group brought in and cost, by element of travel."""
    return {
        "settled": 1,
        f"settled.{data['market']}": 1,
        "settled_pax": int(data["pax"]),
        f"settled_pax.{data['market']}": int(data["pax"]),
        "person_days": int(data["personDays"]),
        f"person_days.{data['market']}": int(data["personDays"]),
        "income_fen": int(data["income"]),
        f"income_fen.{data['market']}": int(data["income"]),
        **{f"cost_fen.{element}": int(amount) for element, amount in data["cost"].items()},
    }
