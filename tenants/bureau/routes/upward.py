"""The feed of the level above: pulled with a key that may ``bureau.pull``, whole or for one district."""

from chalicelib.messaging.feeds import pulling
from chalicelib.messaging.feeds.store import FeedStore
from chalicelib.tenancy.context import current
from chalicelib.web.feed_back import Acknowledged, FeedAnswer, MarkAnswer, answer_of, mark_of
from chalicelib.web.http import Call, Paging, endpoint
from tenants.bureau.routes.asked import blueprint
from tenants.bureau.routes.report_asked import PULL, PULLER
from tenants.bureau.store.scope import reach

HERE = "/api/v1/bureau/feed"


@endpoint(
    blueprint,
    "GET",
    HERE,
    use_case="bureau.pull-feed",
    door=PULLER,
    query=Paging,
    answers=FeedAnswer,
    summary="For the level above: accepted returns and sent reports since the last acknowledgement",
    description=(
        "CloudEvents at least once, in order of arrival, kept for sixty days; the same key gets the same "
        "again until it acknowledges. A key for one district gets what concerns that district."
    ),
)
def pull_feed(call: Call) -> FeedAnswer:
    """The feed above, as far as the key reaches."""
    scope = reach(PULL)
    page = pulling.pull(
        feed="above",
        puller=current().actor,
        most=call.query.limit,
        feeds=FeedStore(call.work),
        after=(call.query.after or {}).get("at", ""),
        sees=lambda item: scope.reaches(item.district),
    )
    return answer_of(page)


@endpoint(
    blueprint,
    "POST",
    f"{HERE}/acknowledgements",
    use_case="bureau.acknowledge-feed",
    door=PULLER,
    body=Acknowledged,
    answers=MarkAnswer,
    summary="Acknowledge what was pulled; an older mark changes nothing",
)
def acknowledge_feed(call: Call, body: Acknowledged) -> MarkAnswer:
    """Everything up to this mark has arrived."""
    upto = mark_of(body)
    pulling.acknowledge(feed="above", puller=current().actor, upto=upto, feeds=FeedStore(call.work))
    return MarkAnswer(upto=upto)
