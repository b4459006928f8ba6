"""How ratings of each level travelled, counted from the ledger of deliveries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from statistics import median
from typing import Any

import sqlalchemy as sa

from kiosk.central.bias import Sample, acceptance_bias, delay_bias
from kiosk.central.parity import read_deliveries, travel_ms
from kiosk.central.tables import deliveries
from kiosk.core.levels import Level
from kiosk.protocol.statistics import Delay, DeliveryBlock, DeliveryStatistics, LevelDelivery


@dataclass(slots=True)
class _Tally:
    received: int = 0
    digested: int = 0
    quarantined: int = 0
    refused: int = 0
    lost: int = 0
    travel: list[int] = field(default_factory=list)
    digesting: list[int] = field(default_factory=list)


def delivery_statistics(connection: sa.Connection, first: str | None, last: str | None) -> DeliveryStatistics:
    """The figures of the hall's dates from `first` to `last`."""
    bounds = [deliveries.c.business_date >= first] if first else []
    bounds += [deliveries.c.business_date <= last] if last else []
    rows = read_deliveries(connection, *bounds).all()
    days = tuple(_block(day, list(of_day)) for day, of_day in groupby(rows, key=lambda row: str(row.business_date)))
    return DeliveryStatistics(first=first, last=last, total=_block(None, rows), days=days)


def _block(day: str | None, rows: Sequence[sa.Row[Any]]) -> DeliveryBlock:
    citizens = [row for row in rows if not row.marked]
    samples = [Sample(Level(row.level).negative, row.digested_ms is not None, travel_ms(row)) for row in citizens]
    return DeliveryBlock(
        day=day,
        levels=_levels(citizens),
        canaries=_levels(row for row in rows if row.marked),
        chance_of_loss=acceptance_bias(samples),
        chance_of_delay=delay_bias(samples),
    )


def _levels(rows: Iterable[sa.Row[Any]]) -> tuple[LevelDelivery, ...]:
    tallies = {str(level): _Tally() for level in Level}
    for row in rows:
        tally = tallies[row.level]
        tally.received += 1
        if row.digested_ms is not None:
            tally.digested += 1
            tally.digesting.append(max(row.digested_ms - row.received_ms, 0))
        elif row.fate == "quarantined":
            tally.quarantined += 1
        elif row.fate == "refused":
            tally.refused += 1
        else:
            tally.lost += 1
        travelled = travel_ms(row)
        if travelled is not None:
            tally.travel.append(travelled)
    return tuple(
        LevelDelivery(
            level=level,
            received=tally.received,
            digested=tally.digested,
            quarantined=tally.quarantined,
            refused=tally.refused,
            lost=tally.lost,
            share_accepted=tally.digested / tally.received if tally.received else None,
            travel=_delay(tally.travel),
            digesting=_delay(tally.digesting),
        )
        for level, tally in tallies.items()
    )


def _delay(taken_ms: list[int]) -> Delay | None:
    """The 95th percentile is the value that at least 95 in 100 do not exceed (nearest rank)."""
    if not taken_ms:
        return None
    ordered = sorted(taken_ms)
    p95 = ordered[ceil(0.95 * len(ordered)) - 1]
    return Delay(count=len(ordered), median_s=median(ordered) / 1000, p95_s=p95 / 1000, max_s=ordered[-1] / 1000)
