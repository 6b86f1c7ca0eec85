"""What was really used, in money: minutes rounded by a rule that is the extra's own data."""

from datetime import datetime

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from tenants.hotel.domain.refusals import SetupInvalid

DAY = 24 * 60


class MeteringWrong(SetupInvalid):
    code = "hotel.extra.metering"
    detail = N_("计时规则有误:每段 1 分钟到一天,宽限须小于一段。")


@dataclass(frozen=True, kw_only=True)
class Metering:
    """How time is charged: in steps of ``step`` minutes, the first ``grace`` minutes of a step free, at least
    ``least`` minutes. ``booked``: never less than what was booked."""

    step: int = 30
    grace: int = 10
    least: int = 60
    booked: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.step <= DAY or not 0 <= self.grace < self.step or not 0 <= self.least <= 30 * DAY:
            raise MeteringWrong

    def minutes(self, started: datetime, ended: datetime, *, booked: int) -> int:
        """Minutes to charge for a use from ``started`` to ``ended``; ``booked``: minutes that were booked."""
        used = max(0, int((ended - started).total_seconds()) // 60)
        steps = -(-max(0, used - self.grace) // self.step)
        return max(self.least, steps * self.step, booked if self.booked else 0)


BY_HOUR = Metering()
BY_DAY = Metering(step=DAY, grace=60, least=DAY)


def share(price: int, *, minutes: int, booked: int) -> int:
    """The price (fen) of ``minutes`` where ``booked`` minutes cost ``price``; half a fen goes up."""
    return (price * minutes * 2 + booked) // (booked * 2)
