"""A guest who books and changes by a link, pays with a provider, and gets money back, of the bill too."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from unittest.mock import patch

from chalicelib.kernel.money import Money
from chalicelib.payments.port import Receipt
from chalicelib.tenancy.context import bind, duty
from tenants.hotel import inbox
from tenants.hotel.routes import money
from tenants.hotel.routes.bills import guest_paying
from tenants.hotel.routes.shop import booking as pages_booking
from tenants.hotel.routes.shop import change as pages_change
from tenants.hotel.routes.shown.bill_link import token_of
from tests.hotel_course import ONE, PAID_AHEAD, Course, Step, moment
from tests.hotel_desk import DAY
from tests.hotel_world import adult


@dataclass
class Link(Course):
    """Two rooms for two nights; ``token`` opens the booking's pages."""

    order: str = ""
    token: str = ""
    stay: str = ""

    @contextmanager
    def provided(self) -> Iterator[None]:
        """Everybody pays with this provider."""
        with ExitStack() as stack:
            for face in (pages_booking, pages_change, guest_paying):
                stack.enter_context(patch.object(face, "provider_for", lambda _method: self.provider))
            stack.enter_context(patch.object(money, "named", lambda _name: self.provider))
            yield

    def prepare(self) -> None:
        """A plan that is paid ahead, and a drawer."""
        self.post("/plans/{plan}", PAID_AHEAD, key="plan", method="PUT", plan="ahead")
        self.post("/shift", {"amount": 50_000}, key="shift")

    @property
    def mended(self) -> Mapping[str, Sequence[Step]]:
        """What goes back is sent in a step after the change."""
        ahead, house, later = moment(DAY - ONE, "18:00"), moment(DAY, "23:00"), moment(DAY + 2 * ONE, "23:00")
        return {
            **{step: [(ahead, self.settle)] for step in ("shorter", "late_money", "fewer")},
            **{step: [(house, self.settle)] for step in ("give_back", "give_back_ahead")},
            "check_out": [(moment(DAY + 3 * ONE, "02:10"), self.audit)],
            "late_bill_money": [(later, self.settle)],
        }

    @property
    def steps(self) -> Sequence[Step]:
        """Each request and each message of the provider, with its moment."""
        ahead, noon = moment(DAY - ONE, "12:00"), moment(DAY, "15:00")
        return (
            (ahead, self.hold),
            (ahead, self.pay),
            (ahead, self.money),
            (ahead, self.longer),
            (ahead, self.pay_longer),
            (ahead, self.more_money),
            (ahead, self.shorter),
            (ahead, self.longer_again),
            (ahead, self.pay_again),
            (ahead, self.drop),
            (ahead, self.late_money),
            (ahead, self.fewer),
            (noon, self.check_in),
            (noon, self.charge),
            (noon, self.pay_bill),
            (noon, self.bill_money),
            (noon, self.give_back),
            (noon, self.give_back_ahead),
            (moment(DAY + ONE, "02:10"), self.audit),
            (moment(DAY + 2 * ONE, "02:10"), self.audit),
            (moment(DAY + 2 * ONE, "09:00"), self.take),
            (moment(DAY + 2 * ONE, "09:10"), self.check_out),
            (moment(DAY + 3 * ONE, "02:10"), self.audit),
            (moment(DAY + 3 * ONE, "09:00"), self.late_bill_money),
        )

    def hold(self) -> None:
        """From the last page of the shop."""
        query = f"arrive={DAY}&depart={DAY + 2 * ONE}&room=twin.ahead.2.0&n=2"
        answer = self._visit("guests", query, "hold", name="示例甲", phone="13800000000", agreed="160000")
        found = re.search(r"/orders/(or_\w+)\?t=(\w+)", answer)
        assert found is not None, answer
        self.order, self.token = found.groups()

    def pay(self) -> None:
        """Off to the provider."""
        self._pay("/pay", "pay")

    def money(self) -> None:
        """The provider says that it is there."""
        self._received(self.order, "first", 160_000)

    def longer(self) -> None:
        """A night more for both: it waits for its money."""
        self._change("longer", 3, pay=80_000)

    def pay_longer(self) -> None:
        """Off to the provider."""
        self._pay("/change/pay", "pay-longer")

    def more_money(self) -> None:
        """The change is made."""
        self._received(self.order, "second", 80_000)

    def shorter(self) -> None:
        """That night is given up again: its money goes back."""
        self._change("shorter", 2, back=80_000)

    def longer_again(self) -> None:
        """Once more."""
        self._change("again", 3, pay=80_000)

    def pay_again(self) -> None:
        """Off to the provider."""
        self._pay("/change/pay", "pay-again")

    def drop(self) -> None:
        """And after all not."""
        self._order("/change/drop", "drop")

    def late_money(self) -> None:
        """They had paid all the same: it goes back."""
        self._received(self.order, "third", 80_000)

    def fewer(self) -> None:
        """A room less: half of what is left goes back."""
        self._order("/fewer", "fewer", "&line=2", confirm="yes", back="80000")

    def check_in(self) -> None:
        """They come: three requests of the desk."""
        found = self.desk.ok("GET", "/stays", path=f"/stays?list=arriving&day={DAY}&text={self.order}")
        self.stay = found["stays"][0]["id"] if found["stays"] else self.stay
        self.post("/stays/{stay}/room", {"room": "201"}, key="assign", method="PUT", stay=self.stay)
        self.post("/stays/{stay}/guests", {**adult(1), "name": "示例甲"}, key="guest", stay=self.stay)
        self.post("/stays/{stay}/check-in", {"purpose": "leisure"}, key="in", stay=self.stay)

    def charge(self) -> None:
        """They dine well: more than was paid ahead."""
        self._folio("charges", "charge", code="minibar", amount=90_000)

    def pay_bill(self) -> None:
        """By the bill's own link."""
        with bind(duty(self.desk.tenant, "test")):
            token = token_of(f"{self.stay}.1", now=self.desk.now)
        self._visit(f"bills/{self.stay}.1/payments", f"t={token}", "pay-bill", method="card")

    def bill_money(self) -> None:
        """The provider says that it is there."""
        self._received(f"{self.stay}.1", "bill", 10_000)

    def give_back(self) -> None:
        """A dish was cold: some of it goes back through the provider."""
        self._folio("refunds", "give-back", number=3, amount=4_000)

    def give_back_ahead(self) -> None:
        """And some of what was paid with the booking."""
        self._folio("refunds", "give-back-ahead", number=1, amount=5_000)

    def audit(self) -> None:
        """The business day closes by itself."""
        self.duty(inbox.audit_nights)

    def take(self) -> None:
        """What is left, in cash."""
        self._folio("payments", "take", means="cash", amount=89_000)

    def check_out(self) -> None:
        """They go."""
        self.post("/stays/{stay}/check-out", {}, key="out", stay=self.stay)

    def late_bill_money(self) -> None:
        """A payment of the bill was still open somewhere: the bill is closed, the money goes back."""
        self._received(f"{self.stay}.1", "late", 10_000)

    def _received(self, id: str, ref: str, amount: int) -> None:
        receipt = Receipt(provider="fake", ref=ref, method="card", amount=Money(amount), at=self.desk.now)
        self.duty(lambda now: money.receive(id, receipt, now))

    def _change(self, key: str, nights: int, *, pay: int = 0, back: int = 0) -> None:
        dates = {"arrive": f"{DAY}", "depart": f"{DAY + nights * ONE}"}
        self._order("/change", key, confirm="yes", pay=f"{pay}", back=f"{back}", **dates)

    def _pay(self, step: str, key: str) -> None:
        assert self._order(step, key, method="card").startswith("https://checkout.stripe.com/")

    def _order(self, step: str, key: str, more: str = "", **fields: str) -> str:
        return self._visit(f"orders/{self.order}{step}", f"t={self.token}{more}", key, **fields)

    def _visit(self, path: str, query: str, key: str, **fields: str) -> str:
        answer = self.form(f"/s/songyun-inn/{path}", key=key, staff=False, query=query, **fields)
        assert answer.status == 303, answer.text
        return answer.headers["Location"]

    def _folio(self, step: str, key: str, **body: object) -> None:
        self.post(f"/folios/{{folio}}/{step}", body, key=key, folio=f"{self.stay}.1")
