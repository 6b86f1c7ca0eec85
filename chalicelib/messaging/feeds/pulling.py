"""Pulling a feed: a page behind the last acknowledgement; told again until it is acknowledged."""

from collections.abc import Callable, Iterator
from typing import Protocol

from chalicelib.kernel.ids import is_id
from chalicelib.messaging.feeds.domain import FeedName, Item, MarkInvalid, Page


class Feeds(Protocol):
    """What pulling needs of the store."""

    def after(self, feed: FeedName, mark: str, *, most: int) -> Iterator[Item]:
        """Settled items behind a mark, the first first."""
        ...

    def mark(self, feed: FeedName, puller: str) -> str:
        """How far a puller has acknowledged."""
        ...

    def keep_mark(self, feed: FeedName, puller: str, upto: str) -> None:
        """Further, never back."""
        ...


def pull(
    *,
    feed: FeedName,
    puller: str,
    most: int,
    feeds: Feeds,
    after: str = "",
    sees: Callable[[Item], bool] = lambda _item: True,
) -> Page:
    """Items behind ``after`` (to page on), else behind the puller's last acknowledgement.

    ``sees``: what is not this puller's is passed over, and the mark with it.
    """
    if after and not is_id(after, "fd"):
        raise MarkInvalid
    begin = max(after, feeds.mark(feed, puller))
    found = list(feeds.after(feed, begin, most=most + 1))
    page = found[:most]
    return Page(
        items=tuple(item for item in page if sees(item)),
        upto=page[-1].id if page else begin,
        more=len(found) > most,
    )


def acknowledge(*, feed: FeedName, puller: str, upto: str, feeds: Feeds) -> None:
    """The puller has everything up to this item. An older mark than the last changes nothing."""
    if not is_id(upto, "fd"):
        raise MarkInvalid
    if upto > feeds.mark(feed, puller):
        feeds.keep_mark(feed, puller, upto)
