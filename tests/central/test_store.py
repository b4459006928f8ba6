"""The schema, the pragmas, and databases that cannot be used."""

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from kiosk.central.follow_ups import read_follow_ups
from kiosk.central.profiles import build_profile, hall_facts
from kiosk.central.reading import RatingFilter, read_ratings
from kiosk.central.store import StoreError, migration_config, open_store, sqlite_url
from kiosk.central.tables import entry_personal, ratings
from kiosk.protocol.profile import read_profile
from tests.central.stand_in import Central, Terminal

on_sqlite = pytest.mark.skipif("KIOSK_TEST_POSTGRES" in os.environ, reason="a matter of SQLite")


def test_the_migrations_say_what_the_tables_say(central: Central) -> None:
    with central.store.transaction() as connection:
        command.check(migration_config(connection))


def test_a_database_of_the_first_release_keeps_what_it_held(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with engine.begin() as connection:
        command.upgrade(migration_config(connection), "0001")
        for statement in (
            "INSERT INTO halls VALUES (1, 'FY', 'FY', '', '', '2020', 30, 60, 6)",
            "INSERT INTO windows VALUES (1, 1, 'A01', 'A01', '')",
            "INSERT INTO devices VALUES (7, 'd', 'k', '', 1, 'window', '{}', 1, NULL, 5)",
            "INSERT INTO epochs VALUES (7, 300, 4, 'a', 10, 0, NULL, NULL), (7, 200, 9, 'b', 20, 0, NULL, NULL)",
            "INSERT INTO alarms VALUES (1, 7, 'new_epoch', 200, 1, 'x', 20)",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    store = open_store(sqlite_url(tmp_path / "old.sqlite3"))
    with store.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT epoch, sequence, ended_by, reason FROM epochs ORDER BY epoch").all()
        assert [tuple(row) for row in rows] == [(200, 9, None, None), (300, 4, 200, None)]
        assert connection.exec_driver_sql("SELECT kind, since_ms, ended_ms FROM alarms").one() == ("new_epoch", 0, None)
        assert connection.exec_driver_sql("SELECT seen_ms, unclean_stops, retired_ms FROM devices").one() == (
            5,
            0,
            None,
        )
    store.close()


def test_ratings_that_are_here_already_keep_all_they_had_and_stand_beside_new_ones(tmp_path: Path) -> None:
    url = os.environ.get("KIOSK_TEST_POSTGRES") or sqlite_url(tmp_path / "old.sqlite3")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        command.upgrade(migration_config(connection), "0003")
        for statement in (
            "INSERT INTO halls VALUES (1, 'FY', 'FY', '', '', '2020', 30, 60, 6, 'Asia/Shanghai')",
            "INSERT INTO windows VALUES (1, 1, 'A01', 'A01', '')",
            "INSERT INTO notices VALUES (1, 1, '公告', '', '', '')",
            'INSERT INTO devices (id, device_id, key_id, public_key, "window", mode, hardware, enrolled_ms)'
            " VALUES (7, 'd', 'k', '', 1, 'window', '{}', 1)",
            "INSERT INTO epochs (device, epoch, sequence, hash, began_ms, quarantined) VALUES (7, 300, 4, 'a', 10, 0)",
            "INSERT INTO ratings (arrival, device, rating_id, visit_id, level, reasons, finished, epoch, sequence,"
            " tapped_ms, received_ms, stated_ms, receipt, canary, true_ms, time_quality, business_date)"
            " VALUES (1, 7, 'r', 'v', 'dissatisfied', '[\"207\"]', '1', 300, 4,"
            " 5, 6, 6, 'K', '0', 5, 'good', '1970-01-01')",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    store = open_store(url)
    with store.transaction() as connection:
        (rating,) = read_ratings(connection, 9, 0, RatingFilter()).items
        assert (rating.level, rating.reasons, rating.local_reasons, rating.seen) == ("dissatisfied", ("207",), (), None)
        assert (rating.additions, rating.withdrawn_at) == ((), None)
        (item,) = read_follow_ups(connection, 9, 0, None, None).items
        assert (item.state, item.receipt) == ("received", "K")
        profile = read_profile(build_profile(hall_facts(connection, 1), 1, "window").text)
        assert (profile.callbacks, profile.look.crest, profile.timings.asking_s) == (True, "", 20)
    store.close()


def test_what_was_served_and_answered_before_phones_came_is_still_there(tmp_path: Path) -> None:
    url = os.environ.get("KIOSK_TEST_POSTGRES") or sqlite_url(tmp_path / "old.sqlite3")
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _with_foreign_keys)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        command.upgrade(migration_config(connection), "0004")
        for statement in (
            "INSERT INTO halls (id, code, name, name_en, receipt_page, options_version, inviting_s, explaining_s,"
            " thanks_s) VALUES (1, 'FY', 'FY', '', '', '2020', 30, 60, 6)",
            "INSERT INTO windows VALUES (1, 1, 'A01', 'A01', '')",
            'INSERT INTO devices (id, device_id, key_id, public_key, "window", mode, hardware, enrolled_ms)'
            " VALUES (7, 'd', 'k', '', 1, 'window', '{}', 1)",
            "INSERT INTO visits (device, visit_id, staff, started_ms, ended_ms, outcome, canary) VALUES"
            " (7, 'v', '{\"number\":\"F1001\",\"name\":\"陈\"}', 1, 1779984000000, 'rated', '0'),"
            " (7, 'w', NULL, 1, NULL, NULL, '0')",
            "INSERT INTO ratings (arrival, device, rating_id, visit_id, level, reasons, finished, epoch, sequence,"
            " tapped_ms, received_ms, stated_ms, receipt, canary, true_ms, time_quality, business_date)"
            " VALUES (1, 7, 'r', 'v', 'dissatisfied', '[\"207\"]', '1', 300, 4,"
            " 5, 6, 6, 'K', '0', 5, 'good', '1970-01-01')",
            "INSERT INTO follow_ups (id, rating, state, reply, at_ms) VALUES (3, 1, 'answered', '已增设窗口', 9)",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    store = open_store(url)
    with store.transaction() as connection:
        command.check(migration_config(connection))
        (rating,) = read_ratings(connection, 9, 0, RatingFilter()).items
        assert (rating.level, rating.phone, rating.second, rating.vouched, rating.flags) == (
            "dissatisfied", False, False, None, (),
        )  # fmt: skip
        (item,) = read_follow_ups(connection, 9, 0, None, None).items
        assert (item.state, item.reply) == ("answered", "已增设窗口")
        served = connection.exec_driver_sql("SELECT staff_number, business_date FROM visits ORDER BY visit_id").all()
        assert [tuple(row) for row in served] == [("F1001", "2026-05-29"), (None, None)]
        again = "INSERT INTO ratings SELECT 2, device, 'r2', {} FROM ratings WHERE arrival = 1"
        columns = [column.name for column in ratings.columns][3:]
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.exec_driver_sql(again.format(", ".join(columns)))
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.exec_driver_sql("DELETE FROM ratings")
    store.close()


def _with_foreign_keys(connection: Any, _record: Any) -> None:
    if "sqlite" in type(connection).__module__:
        connection.execute("PRAGMA foreign_keys = ON")


@on_sqlite
def test_an_acknowledged_batch_is_on_the_disk(central: Central) -> None:
    with central.store.transaction() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "locking_mode")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "locking_mode": "exclusive"}


def test_what_was_stored_is_there_after_opening_again(terminal: Terminal, central: Central, database: str) -> None:
    terminal.rate()
    terminal.send()
    before = central.ratings()
    central.store.close()
    central.store = open_store(database)
    central.__post_init__()
    assert central.ratings() == before


@on_sqlite
def test_a_second_server_on_the_same_file_is_refused(central: Central, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="locked"):
        open_store(sqlite_url(tmp_path / "central.sqlite3"))


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "x.sqlite3")
    store = open_store(url)
    with store.transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError, match="newer"):
        open_store(url)


@pytest.mark.parametrize("database", ["nonsense", "sqlite:////no/such/folder/x.sqlite3", "oracle+none://x"])
def test_a_database_that_cannot_be_used_says_so(database: str) -> None:
    with pytest.raises(StoreError, match="cannot use the database"):
        open_store(database)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"a letter to a friend" * 100)
    with pytest.raises(StoreError, match="cannot use the database"):
        open_store(sqlite_url(path))
    assert path.read_bytes() == b"a letter to a friend" * 100


@pytest.mark.parametrize("fails_at", ["BEGIN", "FROM devices", "INSERT INTO entries", "INSERT INTO ratings"])
def test_a_database_that_fails_is_a_503_and_stores_nothing(terminal: Terminal, central: Central, fails_at: str) -> None:
    failing = True

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if failing and (fails_at in statement or fails_at == "BEGIN"):
            raise sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))

    terminal.rate()
    sa.event.listen(central.store._engine, "before_cursor_execute", fail)
    answer = terminal.send()
    assert (answer.status, answer.problem, answer.headers["retry-after"]) == (503, "storage", "10")
    assert "disk" not in answer.body.decode()
    failing = False
    assert central.rows("SELECT count(*) FROM entries") == [(0,)]
    assert terminal.send().status == 200


def test_a_bug_is_a_500_that_tells_nothing_of_the_insides(terminal: Terminal, central: Central) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret inside")

    sa.event.listen(central.store._engine, "before_cursor_execute", fail)
    answer = central.call("GET", "/api/v1/health")
    assert (answer.status, answer.problem) == (500, "internal")
    assert "secret" not in answer.body.decode()


def test_an_error_of_the_database_repeats_nothing_that_was_to_be_stored(central: Central) -> None:
    wrong = {"device": object(), "epoch": 1, "sequence": 1, "fields": '{"comment":"态度恶劣"}'}
    with pytest.raises(sa.exc.SQLAlchemyError) as caught, central.store.transaction() as connection:
        connection.execute(sa.insert(entry_personal), [wrong, wrong])
    assert "态度恶劣" not in str(caught.value)
