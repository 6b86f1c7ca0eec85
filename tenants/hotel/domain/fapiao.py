"""数电发票: what is invoiced of a folio, to whom, and the states in which an invoice and its reversal wait.

Issuing is asynchronous: the tax platform may take a while, want its operator to log in, or be out of quota.
A reversal (红冲) first needs a 红字确认单, which the other side has 72 hours to answer. Fields: those common
to the intermediaries (`lodging-and-shops.md` A6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.errors import N_, Invalid, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.money import Money
from tenants.hotel.domain.charges import Charge
from tenants.hotel.domain.folio import Entry, Sort, living

RED_WITHIN = timedelta(hours=72)
ORDINARY, SPECIAL = 1, 2


class FapiaoState(StrEnum):
    REQUESTED = "requested"
    ISSUING = "issuing"
    ISSUED = "issued"
    FAILED = "failed"
    LOGIN = "needs-login"
    QUOTA = "quota-exhausted"
    REVERSED = "reversed"


WAITING = frozenset({FapiaoState.REQUESTED, FapiaoState.ISSUING, FapiaoState.LOGIN, FapiaoState.QUOTA})
"""An answer is still to come; the amount counts as invoiced meanwhile."""


class RedState(StrEnum):
    """The 红字确认单's own codes: 01 no confirmation needed, 02 and 03 waiting for buyer or seller, 04 both
    confirmed, 05 to 09 void (07: after 72 hours)."""

    FREE = "01"
    BUYER = "02"
    SELLER = "03"
    CONFIRMED = "04"
    VOID = "05"
    VOID_SELLER = "06"
    VOID_LATE = "07"
    VOID_TAKEN_BACK = "08"
    VOID_AFTER = "09"


READY = frozenset({RedState.FREE, RedState.CONFIRMED})
OPEN_RED = frozenset({RedState.BUYER, RedState.SELLER})


class RedReason(StrEnum):
    ERROR = "1"
    RETURN = "2"
    ENDED = "3"
    ALLOWANCE = "4"


class BuyerWrong(Invalid):
    code = "hotel.fapiao.buyer"
    detail = N_("专用发票须填写单位名称和 18 位统一社会信用代码。")


class CreditCodeWrong(BuyerWrong):
    code = "hotel.fapiao.credit-code"
    detail = N_("统一社会信用代码有误:应为 18 位数字和大写字母,末位是校验码。")
    remedy = N_("请对照营业执照核对。")


class NothingToInvoice(Refusal):
    code = "hotel.fapiao.nothing"
    detail = N_("没有可以开票的金额:已开 %(invoiced)s。")
    remedy = N_("赔偿金、违约金等不开票;已开的发票红冲后可以重开。")


class FapiaoIs(Refusal):
    code = "hotel.fapiao.state"
    detail = N_("发票现在的状态不能这样做。")
    remedy = N_("请刷新查看最新状态。")


class RedOpen(Refusal):
    code = "hotel.fapiao.red-open"
    detail = N_("红字确认单正在等对方确认,最迟 %(until)s。")
    remedy = N_("对方确认后会自动开出红字发票;也可以撤回确认单。")


class InvoicedMore(Refusal):
    code = "hotel.fapiao.invoiced-more"
    detail = N_("账单已开发票 %(invoiced)s,退款后只剩 %(left)s。")
    remedy = N_("请先红冲发票,再退款,再按余额重开。")


@dataclass(frozen=True, kw_only=True)
class FapiaoLine:
    """A line: amounts in fen, tax inside. ``item`` is the 税收分类编码."""

    code: str
    article: str
    item: str
    permille: int
    amount: int
    tax: int

    @property
    def net(self) -> int:
        return self.amount - self.tax


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """To whom. A person gives a name only; a company its 统一社会信用代码, optionally address and bank."""

    name: str
    number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""

    def require(self, kind: int) -> None:
        """Refuse what this kind of invoice cannot be made out to: ``BuyerWrong``, ``CreditCodeWrong``."""
        if not self.name.strip() or (kind == SPECIAL and not self.number):
            raise BuyerWrong
        if self.number and not uscc(self.number):
            raise CreditCodeWrong


@dataclass(frozen=True, kw_only=True)
class RedForm:
    """The confirmation that a reversal needs: opened when, and where it stands."""

    reason: RedReason
    state: RedState
    opened: datetime
    ref: str

    @property
    def until(self) -> datetime:
        """When it is void unless the other side has answered."""
        return self.opened + RED_WITHIN


@dataclass(frozen=True, kw_only=True)
class Fapiao:
    """An invoice as asked for and as answered. ``buyer`` is sealed; ``ref`` is the provider's."""

    id: str
    folio: str
    site: str
    kind: int
    buyer: bytes
    company: bool
    lines: tuple[FapiaoLine, ...]
    asked: datetime
    by: str
    state: FapiaoState = FapiaoState.REQUESTED
    number: str = ""
    issued: datetime | None = None
    reason: str = ""
    ref: str = ""
    red: RedForm | None = None
    red_number: str = ""
    version: int = 0

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def waits(self) -> bool:
        """Whether the provider is still to be asked about it."""
        reversing = self.red is not None and self.red.state in OPEN_RED | READY
        return self.state in WAITING or (self.state is FapiaoState.ISSUED and reversing)

    def sent(self, ref: str) -> "Fapiao":
        """The provider has the request."""
        return self._now(FapiaoState.ISSUING, ref=ref)

    def answered(self, answer: "Answer") -> "Fapiao":
        """What the provider says about the request. Only what waits can be answered."""
        if self.state not in WAITING:
            raise FapiaoIs(state=str(self.state))
        if answer.state is FapiaoState.ISSUED:
            return self._now(FapiaoState.ISSUED, number=answer.number, issued=answer.at, reason="")
        return self._now(answer.state, reason=answer.reason)

    def again(self) -> "Fapiao":
        """Ask anew after a failure."""
        if self.state not in {FapiaoState.FAILED, FapiaoState.LOGIN, FapiaoState.QUOTA}:
            raise FapiaoIs(state=str(self.state))
        return self._now(FapiaoState.REQUESTED, reason="", ref="")

    def reversing(self, form: RedForm) -> "Fapiao":
        """A reversal begins. Raises ``FapiaoIs``, ``RedOpen``."""
        if self.state is not FapiaoState.ISSUED:
            raise FapiaoIs(state=str(self.state))
        if self.red is not None and self.red.state in OPEN_RED | READY:
            raise RedOpen(until=self.red.until)
        return replace(self, red=form, version=self.version + 1)

    def red_is(self, state: RedState, *, number: str = "") -> "Fapiao":
        """Where the confirmation stands; with the red invoice's ``number`` the invoice is reversed."""
        if self.red is None or self.state is not FapiaoState.ISSUED:
            raise FapiaoIs(state=str(self.state))
        after = replace(self, red=replace(self.red, state=state), version=self.version + 1)
        if number:
            return replace(after, state=FapiaoState.REVERSED, red_number=number)
        return after

    def _now(self, state: FapiaoState, **more: object) -> "Fapiao":
        return replace(self, state=state, version=self.version + 1, **more)  # type: ignore[arg-type]  # own fields


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider says about a request."""

    state: FapiaoState
    number: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RedAnswer:
    """What a provider says about a confirmation, and the red invoice's number once it is out."""

    state: RedState
    number: str = ""


def invoiceable(
    entries: Sequence[Entry],
    charges: Mapping[str, Charge],
    before: Iterable[Fapiao],
    *,
    codes: frozenset[str] = frozenset(),
) -> tuple[FapiaoLine, ...]:
    """What of a folio can still be invoiced, a line each (code, rate): what stands, less what was invoiced.

    codes: only these. Raises ``NothingToInvoice``. Charges for which no service was given are left out.
    """
    stands: dict[tuple[str, int], list[int]] = {}
    for entry in living(entries):
        if entry.sort is not Sort.CHARGE or (codes and entry.code not in codes):
            continue
        if entry.code in charges and charges[entry.code].item:
            permille = entry.taxes[0].permille if entry.taxes else 0
            sums = stands.setdefault((entry.code, permille), [0, 0])
            sums[0] += entry.amount
            sums[1] += entry.tax
    done = invoiced(before)
    for key, (amount, tax) in done.items():
        if key in stands:
            stands[key][0] -= amount
            stands[key][1] -= tax
    lines = tuple(
        FapiaoLine(
            code=code,
            article=charges[code].article,
            item=charges[code].item,
            permille=permille,
            amount=amount,
            tax=tax,
        )
        for (code, permille), (amount, tax) in sorted(stands.items())
        if amount > 0
    )
    if not lines:
        raise NothingToInvoice(invoiced=Money(sum(amount for amount, _ in done.values())))
    return lines


def invoiced(before: Iterable[Fapiao]) -> dict[tuple[str, int], tuple[int, int]]:
    """(amount, tax) invoiced by (code, rate): issued or on its way, not failed, not reversed."""
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for one in before:
        if one.state in {FapiaoState.FAILED, FapiaoState.REVERSED}:
            continue
        for line in one.lines:
            key = (line.code, line.permille)
            amount, tax = sums.get(key, (0, 0))
            sums[key] = (amount + line.amount, tax + line.tax)
    return sums


def require_uninvoiced(charged: int, before: Iterable[Fapiao]) -> None:
    """Refuse a correction or refund that would leave less than what is invoiced. Raises ``InvoicedMore``."""
    out = sum(amount for amount, _ in invoiced(before).values())
    if charged < out:
        raise InvoicedMore(invoiced=Money(out), left=Money(max(0, charged)))


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(number: str) -> bool:
    """Whether a 统一社会信用代码 is well formed, check character included (GB 32100-2015)."""
    if len(number) != 18 or any(char not in _ALPHABET for char in number):
        return False
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(number[:17]))
    return _ALPHABET[-total % 31] == number[17]


@dataclass(frozen=True, kw_only=True)
class Seller:
    """Who invoices: name, 统一社会信用代码, and what is printed with them."""

    name: str = ""
    number: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    account: str = ""
