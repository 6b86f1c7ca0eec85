"""Products and concession classes: who pays what, and on which legal ground. Rows of data, not code."""

from collections.abc import Sequence
from datetime import date

from chalicelib.commerce.orders.domain import Tier
from chalicelib.kernel.documents import Document, age_on
from chalicelib.kernel.errors import N_, Missing, Refusal
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.texts import in_language
from tenants.scenic.domain.area import Text

MOST_PEOPLE = 9


class ClassUnfit(Refusal):
    code = "scenic.concession.unfit"
    status = 422
    detail = N_("证件显示的年龄(%(age)s 岁)不符合“%(title)s”的条件。")
    remedy = N_("请改选符合条件的票种。")


class TooMany(Refusal):
    code = "scenic.order.too-many"
    status = 422
    detail = N_("一个订单最多 %(most)s 位游客。")


class SamePerson(Refusal):
    code = "scenic.order.same-person"
    status = 422
    detail = N_("同一个证件号填写了两次。")


@dataclass(frozen=True, kw_only=True)
class Concession:
    """A class of visitor: price in fen, an age band on the visit date, what to show, and why."""

    code: str
    titles: Text
    price: int
    age_from: int | None = None
    age_to: int | None = None
    proof: Text | None = None
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Whether the row is in force on a day."""
        after = self.valid_from is None or self.valid_from <= day
        return after and (self.valid_to is None or day <= self.valid_to)

    def check(self, document: Document, day: date) -> None:
        """Refuse a document whose birth date contradicts the age band; where it has none, the gate looks."""
        if document.born is None or (self.age_from is None and self.age_to is None):
            return
        age = age_on(document.born, day)
        young = self.age_from is not None and age < self.age_from
        old = self.age_to is not None and age > self.age_to
        if young or old:
            raise ClassUnfit(age=age, title=self.titles["zh"], concession=self.code)


@dataclass(frozen=True, kw_only=True)
class Product:
    """A ticket that is sold: for one area, in classes, under a refund policy."""

    id: str
    area: str
    titles: Text
    about: Text
    classes: tuple[Concession, ...]
    policy: tuple[Tier, ...]
    element: str = "ticket"
    on: bool = True

    def concession(self, code: str, day: date) -> Concession:
        """The class with this code, in force on the day."""
        for concession in self.classes:
            if concession.code == code and concession.valid(day):
                return concession
        raise Missing(concession=code)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A person on a ticket. Lives in memory only: it is sealed before it is written."""

    name: str
    document: Document
    concession: str

    def plain(self) -> dict[str, str]:
        """For the vault."""
        return {
            "name": self.name,
            "kind": str(self.document.kind),
            "number": self.document.number,
            "class": self.concession,
        }


def check_party(visitors: Sequence[Visitor], *, product: Product, day: date) -> None:
    """One to nine different people, each fit for the class chosen."""
    if not 0 < len(visitors) <= MOST_PEOPLE:
        raise TooMany(most=MOST_PEOPLE)
    if len({visitor.document for visitor in visitors}) < len(visitors):
        raise SamePerson
    for visitor in visitors:
        product.concession(visitor.concession, day).check(visitor.document, day)


def text(texts: Text | None, locale: str) -> str:
    """A text in the reader's language, or the nearest that was written (``kernel/texts.py``)."""
    return in_language(texts, locale)
