"""Providers' webhooks. The tenant is the one that we wrote on the payment when it began, read back from a
message whose signature holds. The same message says what was paid, and is believed: the provider signed it.
"""

from chalice.app import Blueprint

from chalicelib.kernel.errors import Malformed
from chalicelib.persistence import directory
from chalicelib.tenancy.context import bind, duty
from chalicelib.web.http import Call, Open, endpoint
from chalicelib.web.registry import RECEIVERS

blueprint = Blueprint(__name__)

_ARRIVED = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}


@endpoint(
    blueprint,
    "POST",
    "/hooks/stripe",
    use_case="payments.stripe-notice",
    door=Open(),
    keyless=True,
    summary="Stripe's webhook",
)
def stripe_notice(call: Call) -> dict[str, bool]:
    """Money may have arrived. Answered with 200 once it is dealt with: Stripe repeats anything else."""
    from chalicelib.payments.stripe import verified

    notice = verified(call.raw, call.header("stripe-signature"), now=call.now)
    if notice is None or notice.type not in _ARRIVED:
        return {"received": True}
    tenant = directory.by_id(notice.tenant)
    receiver = RECEIVERS.get(tenant.kind) if tenant is not None else None
    if tenant is None or receiver is None:
        raise Malformed
    if notice.receipt is not None:
        with bind(duty(tenant, "payments")):
            receiver(notice.order, notice.receipt, call.now)
    return {"received": True}
