"""The OpenAPI document: Litestar's account of the calls with msgspec's own account of the shapes, which alone says
`additionalProperties: false` where unknown keys are refused. No page of it loads anything from elsewhere."""

from typing import Any

import msgspec
from litestar import Request
from litestar.enums import OpenAPIMediaType
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from kiosk import __version__
from kiosk.core.levels import Level
from kiosk.protocol import central, phone, technicians
from kiosk.protocol.follow_up import FollowUp, FollowUpRequest
from kiosk.protocol.hall import HallSettings, HallView
from kiosk.protocol.problem import MEDIA_TYPE, Problem
from kiosk.protocol.profile import Profile
from kiosk.protocol.statistics import DeliveryStatistics, RatingStatistics

_SHAPES = (
    central.EnrolmentCodeRequest,
    central.EnrolmentCode,
    central.EnrolmentCodeItem,
    central.ReplacementRequest,
    central.DeviceRevocation,
    central.EnrolmentRequest,
    central.Enrolment,
    central.JournalBatch,
    central.JournalReceipt,
    central.JournalImport,
    central.Heartbeat,
    central.HeartbeatAnswer,
    central.Rating,
    central.Device,
    central.Alarm,
    central.ReceiptState,
    central.ReceiptAddition,
    central.ReceiptWithdrawal,
    HallSettings,
    HallView,
    FollowUpRequest,
    FollowUp,
    central.Page,
    central.Keys,
    technicians.TechnicianRequest,
    technicians.Technician,
    technicians.TechnicianIssued,
    technicians.RosterQuestion,
    technicians.SealedRoster,
    central.Health,
    central.CanaryQuestion,
    central.CanaryAnswer,
    DeliveryStatistics,
    RatingStatistics,
    phone.PhoneClosure,
    phone.PhoneVisit,
    phone.ClerkFigures,
    Profile,
    Problem,
    Level,
)
_REFERENCE = "#/components/schemas/"
_SIGNED_BY_TERMINAL = "/device/"
_FOR_THE_HALL = (
    "/enrolment-codes", "/ratings", "/devices", "/alarms", "/statistics/delivery", "/statistics/ratings",
    "/journal-imports", "/follow-ups", "/follow-ups/{rating_id}", "/halls/{code}", "/technicians",
    "/technicians/{technician_id}", "/enrolment-codes/{code_id}", "/devices/{device_id}/replacement",
    "/devices/{device_id}/revocation",
)  # fmt: skip
_ITEMS = {
    "/ratings": "Rating",
    "/devices": "Device",
    "/alarms": "Alarm",
    "/follow-ups": "FollowUp",
    "/technicians": "Technician",
    "/enrolment-codes": "EnrolmentCodeItem",
}


class SchemaPages(OpenAPIRenderPlugin):
    """Serves the document as JSON, and nothing else."""

    def __init__(self) -> None:
        """At `/schema` and `/schema/openapi.json`."""
        super().__init__(path=["/", "/openapi.json"], media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._text = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document."""
        if not self._text:
            self._text = msgspec.json.encode(completed(openapi_schema))
        return self._text


def openapi_config() -> OpenAPIConfig:
    """For Litestar."""
    return OpenAPIConfig(
        title="Kiosk central API",
        version=__version__,
        use_handler_docstrings=True,
        render_plugins=[SchemaPages()],
        components=Components(
            security_schemes={
                "hall": SecurityScheme(type="http", scheme="bearer", description="The token in `<data>/admin.token`."),
                "terminal": SecurityScheme(
                    type="apiKey",
                    name="Signature",
                    security_scheme_in="header",
                    description="RFC 9421 with Ed25519, label `kiosk`; covers "
                    + ", ".join(f"`{name}`" for name in central.SIGNED)
                    + ".",
                ),
            }
        ),
    )


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with exact shapes, with problem details for every refusal, and with who may call."""
    _, shapes = msgspec.json.schema_components(_SHAPES, ref_template=_REFERENCE + "{name}")
    paths = {
        path: {method: _operation(path, operation) for method, operation in item.items()}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths, "components": {**document["components"], "schemas": shapes}}


def _operation(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    problem = {"description": "Refused", "content": {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE + "Problem"}}}}
    answers = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    completed = {**operation, "responses": {**answers, "4XX": problem, "5XX": problem}}
    if _SIGNED_BY_TERMINAL in path:
        header = {
            "name": central.PROTOCOL_HEADER,
            "in": "header",
            "required": True,
            "schema": {"const": str(central.PROTOCOL)},
        }
        completed |= {"security": [{"terminal": []}], "parameters": [*operation.get("parameters", []), header]}
    elif path.endswith(_FOR_THE_HALL):
        completed |= {"security": [{"hall": []}]}
    if path.endswith("/journal-imports"):
        file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        completed["requestBody"] = {"required": True, "content": file}
    if path.endswith("/device/profile"):
        answers["304"] = {"description": "The profile is the one named in If-None-Match"}
        completed["responses"] = {**answers, "4XX": problem, "5XX": problem}
    for ending, shape in _ITEMS.items():
        if path.endswith("/v1" + ending) and "200" in answers:
            items = {"type": "array", "items": {"$ref": _REFERENCE + shape}}
            page = {"allOf": [{"$ref": _REFERENCE + "Page"}], "properties": {"items": items}}
            answers["200"] = {**answers["200"], "content": {"application/json": {"schema": page}}}
            completed["responses"] = {**answers, "4XX": problem, "5XX": problem}
    return completed
