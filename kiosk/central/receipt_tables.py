"""The tables of what is said of a rating once it is here: by whoever holds its receipt, and by the hall."""

import sqlalchemy as sa

from kiosk.central.columns import integer, metadata, of, row_id, text

receipt_acts = sa.Table(
    "receipt_acts",
    metadata,
    row_id(),
    text("receipt"),
    text("kind"),
    text("way"),
    sa.Column("device", sa.Integer, sa.ForeignKey("devices.id"), nullable=True),
    integer("epoch", nullable=True),
    integer("sequence", nullable=True),
    text("hash", nullable=True),
    integer("at_ms"),
    integer("received_ms"),
    sa.UniqueConstraint("hash"),
    sa.Index(None, "receipt"),
)
"""What someone with a receipt did: `kind` `addition` or `withdrawal`, `way` `terminal` or `web`. It bears the receipt
and no rating, so that it may come before the rating does: it is found when both are there. `device`, `epoch`,
`sequence`, `hash`: of the entry that told it. Its words stand in `entry_personal` or, from the web, in
`receipt_words`."""

receipt_words = sa.Table("receipt_words", metadata, of("act", "receipt_acts.id", primary_key=True), text("words"))

follow_ups = sa.Table(
    "follow_ups",
    metadata,
    row_id(),
    sa.Column("rating", sa.BigInteger, sa.ForeignKey("ratings.arrival"), nullable=False),
    text("state"),
    text("reply"),
    integer("at_ms"),
    sa.Index(None, "rating"),
)
"""What the hall did about a rating, oldest first; rows are added only. A rating without any is `received`."""
