"""Dispatches: sealed reports on their way to the next level up, and the receipt that says they arrived."""

from collections.abc import Iterable

from chalicelib.kernel.errors import N_, Refusal
from chalicelib.kernel.late import dataclass


class WrongReceipt(Refusal):
    code = "bureau.dispatch.receipt"
    status = 422
    detail = N_("收到的文件与封存的报告不一致。")
    remedy = N_("请重新下载后再确认;校验值必须与报告一致。")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who reports are sent to. A row; names and channels are to be confirmed by the bureau."""

    code: str
    name: str


RECIPIENTS: tuple[Recipient, ...] = (
    Recipient(code="province", name=N_("省文化和旅游厅")),
    Recipient(code="government", name=N_("市人民政府")),
)


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One report sent to one recipient. ``received``: when they confirmed its hash; empty until then."""

    id: str
    report: str
    sha: str
    to: str
    by: str
    at: str
    received: str = ""

    @property
    def scope(self) -> str:
        """Whose report it is: a division's code, the third part of a report's id."""
        return self.report.split("_")[2]


RECIPIENT = "bureau.recipient"
"""The role that names whose system a key is: ``bureau.recipient@province``."""


def addressed(dispatch: Dispatch, roles: Iterable[str]) -> bool:
    """Whether a dispatch is for whoever holds these roles: of a key that names recipients, theirs only."""
    named = {role.partition("@")[2] for role in roles if role.startswith(f"{RECIPIENT}@")}
    return not named or dispatch.to in named


def confirm(dispatch: Dispatch, *, sha: str, at: str) -> Dispatch:
    """The recipient has it. Raises ``WrongReceipt`` where what they hold is not what was sent."""
    if sha != dispatch.sha:
        raise WrongReceipt
    return dispatch if dispatch.received else Dispatch(**{**vars(dispatch), "received": at})
