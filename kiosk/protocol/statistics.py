"""The shapes of central's statistics: how ratings of each level travelled, how many came, and what was seen of them."""

from kiosk.protocol.central import Answer


class Delay(Answer, frozen=True):
    """How long a hop took, in seconds: of `count` ratings of which it is known."""

    count: int
    median_s: float
    p95_s: float
    max_s: float


class LevelDelivery(Answer, frozen=True):
    """What came of the ratings of one level. `received` is all that reached central; each of them was `digested` as the
    terminal stated it, is in quarantine, was refused (another entry had its place), or is `lost`, which no rating ever
    is unless central is at fault. `travel`: from the tap to central, where the time of the tap is known; `digesting`:
    from there to what the hall reads. Shares and delays are null where there is nothing to take them of."""

    level: str
    received: int
    digested: int
    quarantined: int
    refused: int
    lost: int
    share_accepted: float | None
    travel: Delay | None
    digesting: Delay | None


class DeliveryBlock(Answer, frozen=True):
    """The five levels of one day, or of all days: citizens' ratings, and canaries apart. `day`: the hall's date, null
    for the whole range. `chance_of_loss`, `chance_of_delay`: how likely it is by chance alone that negative ratings
    fared so much worse; null where they did not (see `kiosk.central.bias`)."""

    day: str | None
    levels: tuple[LevelDelivery, ...]
    canaries: tuple[LevelDelivery, ...]
    chance_of_loss: float | None
    chance_of_delay: float | None


class DeliveryStatistics(Answer, frozen=True):
    """`GET /statistics/delivery?from=&to=`, dates of the hall, both included; without them, all there is."""

    first: str | None
    last: str | None
    total: DeliveryBlock
    days: tuple[DeliveryBlock, ...]


class ChannelRatings(Answer, frozen=True):
    """The ratings that came by one channel, and how many of each level."""

    channel: str
    rated: int
    levels: dict[str, int]


class WindowFlags(Answer, frozen=True):
    """Of the ratings given at one window, how many bear any flag, and how many bear each (see `kiosk.core.flags`)."""

    window: str
    rated: int
    flagged: int
    flags: dict[str, int]


class RatingStatistics(Answer, frozen=True):
    """`GET /statistics/ratings?from=&to=`, dates of the hall, both included; without them, all there is. Canaries and
    second ratings are in none of it."""

    first: str | None
    last: str | None
    channels: tuple[ChannelRatings, ...]
    windows: tuple[WindowFlags, ...]
