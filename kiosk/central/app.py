"""The application: which calls there are, and what they are given."""

from pathlib import Path

import sqlalchemy as sa
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ASGIApp, HTTPScope

from kiosk.central import (
    device_api,
    enrolment_api,
    figures_api,
    follow_up_api,
    hall_api,
    hall_settings_api,
    parity_api,
    phone_api,
    problems,
    receipt_api,
    technician_api,
)
from kiosk.central.access import Access, is_of_the_hall
from kiosk.central.alarms import Words, load_words
from kiosk.central.desk import Desk
from kiosk.central.intake import with_intake
from kiosk.central.openapi import openapi_config
from kiosk.central.phone_page_api import FORM_LIMIT, phone_router
from kiosk.central.updates_api import updates_router
from kiosk.core.options import OptionList, load_options
from kiosk.core.phone_link import PATH
from kiosk.protocol.export import FILE_LIMIT

ASSETS = Path(__file__).parents[2] / "assets"
API = "/api/v1"


def create_app(desk: Desk, updates: Path | None = None) -> ASGIApp:
    """The whole server as an ASGI application. `updates`: a signed repository of updates to serve."""
    api = Router(
        API,
        route_handlers=[
            enrolment_api.add_enrolment_code,
            enrolment_api.list_enrolment_codes,
            enrolment_api.revoke_enrolment_code,
            enrolment_api.add_enrolment,
            enrolment_api.add_replacement,
            enrolment_api.revoke_device,
            receipt_api.show_receipt,
            receipt_api.add_to_receipt,
            receipt_api.withdraw_by_receipt,
            hall_api.list_ratings,
            hall_api.list_devices,
            hall_api.list_alarms,
            hall_api.show_keys,
            hall_api.health,
            device_api.take_journal,
            device_api.show_profile,
            device_api.take_heartbeat,
            phone_api.show_phone_visit,
            phone_api.close_phone_visit,
            figures_api.show_figures,
            hall_api.take_import,
            parity_api.show_canaries,
            parity_api.show_delivery,
            parity_api.show_rating_statistics,
            follow_up_api.list_follow_ups,
            follow_up_api.add_follow_up,
            hall_settings_api.show_hall,
            hall_settings_api.put_hall,
            technician_api.add_technician,
            technician_api.list_technicians,
            technician_api.revoke_technician,
            technician_api.show_roster,
        ],
    )
    app = Litestar(
        route_handlers=[api, phone_router(), *([updates_router(API, updates)] if updates is not None else [])],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False, use_cache=True)},
        state=State({"access": Access(desk.store, desk.admin_token, desk.now_ms)}),
        exception_handlers={
            problems.Refusal: problems.answer_refusal,
            ValidationException: problems.answer_validation,
            HTTPException: problems.answer_http,
            sa.exc.OperationalError: problems.answer_database,
            sa.exc.TimeoutError: problems.answer_database,
            Exception: problems.answer_bug,
        },
        openapi_config=openapi_config(),
        logging_config=None,
        request_max_body_size=None,
    )
    return with_intake(app, another=lambda scope: _limit(scope, desk.admin_token))


def _limit(scope: HTTPScope, admin_token: str) -> int | None:
    """Another limit than the usual one for the body of a request."""
    if scope["path"].startswith(PATH):
        return FORM_LIMIT
    return FILE_LIMIT if _brings_a_journal(scope, admin_token) else None


def _brings_a_journal(scope: HTTPScope, admin_token: str) -> bool:
    """Whether the hall sends an exported journal, and nobody else a large body."""
    if scope["path"] != API + hall_api.IMPORTS:
        return False
    found = next((value for name, value in scope["headers"] if name.lower() == b"authorization"), b"")
    return is_of_the_hall(found.decode("latin-1"), admin_token)


def alarm_words() -> Words:
    """What a supervisor reads of alarms."""
    return load_words(ASSETS / "alarm-words.json")


def national_options() -> OptionList:
    """The national list that comes with the program."""
    return load_options((ASSETS / "national-options.json").read_bytes())
