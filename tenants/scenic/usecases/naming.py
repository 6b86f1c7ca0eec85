"""What an area and its gates are called, in the languages of its visitors."""

from collections.abc import Mapping, Sequence

from tenants.scenic.domain.area import Area, Gate
from tenants.scenic.usecases.ports import Areas


def name_area(
    id: str, *, names: Mapping[str, str], notice: Mapping[str, str], gates: Sequence[Gate], areas: Areas
) -> Area:
    """Rename an area and set its gates; visitors and gate staff read it at once.

    Gates keep their short names for ever, because tickets and scans carry them. Raises ``NoGate`` and
    ``GateTwice``.
    """
    changed = areas.get(id).named(names=names, notice=notice, gates=gates)
    areas.keep(changed)
    return changed
