"""The brake on guessing."""

from kiosk.central.limiter import GuessLimiter


def _limiter(now: list[float], **kwargs: int) -> GuessLimiter:
    return GuessLimiter(lambda: now[0], **kwargs)


def test_the_wait_ends_when_it_said_it_would() -> None:
    now = [0.0]
    limiter = _limiter(now, burst=3)
    for _ in range(3):
        assert limiter.wait_s("192.0.2.1") == 0
        limiter.missed("192.0.2.1")
    wait_s = limiter.wait_s("192.0.2.1")
    assert wait_s > 0
    now[0] += wait_s
    assert limiter.wait_s("192.0.2.1") == 0


def test_a_house_of_ipv6_addresses_counts_as_one() -> None:
    limiter = _limiter([0.0], burst=1)
    limiter.missed("2001:db8::1")
    assert limiter.wait_s("2001:db8::ffff") > 0
    assert limiter.wait_s("2001:db8:0:1::1") == 0


def test_memory_is_bounded_and_the_newest_are_kept() -> None:
    limiter = _limiter([0.0], burst=1, remembered=10)
    for number in range(100):
        limiter.missed(f"host-{number}")
    assert len(limiter._buckets._filled) == 10
    assert limiter.wait_s("host-99") > 0
    assert limiter.wait_s("host-0") == 0
