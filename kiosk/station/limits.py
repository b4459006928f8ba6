"""How much and how long the station bears: one frozen value, so that a test may be shorter of patience."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes.

    `answer_s`: the terminal's answer to an event. `figures_s`: central's about a clerk's figures. `body_s`: a request's
    body, from its head on. `silence_s`: a connection on which nothing is being answered. `heartbeat_s`: between
    comments on an event stream. `connections` and `listeners`: how many at once, streams among the connections.
    `requests_per_s`, `burst`: with the token, and of all paired programs together above their own; the rest are refused
    before anything is read of them. `own_per_s`, `own_burst`: of each paired program, which nobody else can use up.
    `strange_per_s`, `strange_burst`: of each address on the hall's network without a key that holds.
    """

    answer_s: float = 5.0
    figures_s: float = 8.0
    body_s: float = 5.0
    silence_s: float = 5.0
    heartbeat_s: float = 15.0
    body_bytes: int = 64 * 1024
    connections: int = 64
    listeners: int = 16
    requests_per_s: int = 250
    burst: int = 500
    own_per_s: int = 10
    own_burst: int = 50
    strange_per_s: int = 5
    strange_burst: int = 10
    handshake_s: float = 5.0
    per_address: int = 16
    bind_again_s: float = 5.0


USUAL = Limits()
LAN_CONNECTIONS = 32
LAN_LISTENERS = 8
"""Of the hall's network in all, beside those of loopback and never in their place."""
