"""Who issues a warning, as the national identifier profile names it. Rows: the bureau fills in its codes.

The identifier has 31 characters: division (GB/T 2260, six), agency (GB/T 4657, three), unit (three),
extension (two), the moment, a serial: ``41010000000000_20261122103000_1``.
"""

from datetime import date, datetime

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import SHANGHAI

UNASSIGNED = "unassigned: the bureau names its own code of GB/T 4657"


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The codes of one issuing authority; ``division`` a city's code stands for its districts too."""

    division: str
    agency: str
    unit: str
    extension: str
    source: str
    since: date
    until: date | None = None


ISSUERS: tuple[Issuer, ...] = (
    Issuer(
        division="410100",
        agency="000",
        unit="000",
        extension="00",
        source=UNASSIGNED,
        since=date(2020, 1, 1),
    ),
)


def sender(*, division: str, now: datetime) -> str:
    """CAP's ``sender``: the fourteen characters that name who issues. A district without a row of its own
    uses the city's agency under its own division code.
    """
    on = now.astimezone(SHANGHAI).date()
    holding = [one for one in ISSUERS if one.since <= on and (one.until is None or on < one.until)]
    own = next((one for one in holding if one.division == division), None)
    city = next((one for one in holding if one.division == f"{division[:4]}00"), None)
    row = own or city
    codes = f"{row.agency}{row.unit}{row.extension}" if row is not None else "00000000"
    return f"{division}{codes}"


def identifier(*, division: str, now: datetime, serial: int = 1) -> str:
    """The national profile's identifier of a message sent at ``now``."""
    return f"{sender(division=division, now=now)}_{now.astimezone(SHANGHAI):%Y%m%d%H%M%S}_{serial}"


def sent_of(identifier: str) -> datetime | None:
    """The moment that an identifier carries; None where it has another shape."""
    _, _, rest = identifier.partition("_")
    try:
        return datetime.strptime(rest.partition("_")[0], "%Y%m%d%H%M%S").replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
