"""How a JSON body becomes one of the protocol's shapes: by msgspec and in one step, so that a refusal names the place
inside the body, and unknown keys are refused by name."""

from collections.abc import Generator
from typing import Any

import msgspec
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.typing import FieldDefinition

from kiosk.central.problems import invalid, invalid_body, refusal


class JsonBody(AbstractDTO[Any]):
    """For Litestar's `dto=`: decodes `data` into the shape that the handler is annotated with."""

    model_type = msgspec.Struct

    def decode_bytes(self, value: bytes) -> Any:
        """The shape in these bytes. Raises Refusal."""
        media_type = self.asgi_connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise refusal(415, "media_type", "The body must be JSON", "Send content-type: application/json.")
        shape = self.asgi_connection.route_handler.parsed_data_field.annotation
        try:
            return msgspec.json.decode(value, type=shape)
        except msgspec.MsgspecError as fault:
            raise invalid_body(fault) from None
        except UnicodeDecodeError:
            raise invalid("The body is not UTF-8.", "$") from None
        except RecursionError:
            raise invalid("The body is nested too deeply.", "$") from None

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing to prepare: the shape itself says all."""

    @classmethod
    def create_openapi_schema(cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any) -> Any:
        """The shape's own schema."""
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """None: no transfer model is made."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Never: no transfer model is made."""
        return False
