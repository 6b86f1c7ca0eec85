"""The AsyncAPI 3.0 document of the feed, made from the contracts: nobody keeps it by hand."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.kernel.events import DOWN, OUT, UP
from chalicelib.messaging.schemas import ENVELOPE, Contract

_LANES = {UP: "up", DOWN: "down", OUT: "above"}


def document(contracts: Iterable[Contract], *, base_url: str) -> dict[str, Any]:
    """The document of every contract that leaves a module: what goes up, what comes down, what goes out to
    the level above the bureau.
    """
    public = sorted((one for one in contracts if one.lane in _LANES), key=lambda one: one.type)
    lanes = {lane: {message_name(one.type): one for one in public if one.lane == lane} for lane in _LANES}
    protocol, _, host = base_url.partition("://")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Songyun 嵩云 feed",
            "version": "1",
            "description": (
                "CloudEvents 1.0 in structured JSON. Source and id identify an event: delivery is at least "
                "once and in no promised order. What goes up carries counts and pseudonyms, never a person. "
                "Webhooks are signed as Standard Webhooks 1.0 says (webhook-id, -timestamp, -signature)."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {"site": {"host": host or "localhost", "protocol": protocol or "https"}},
        "channels": {
            "up": {
                "address": "/api/v1/feed/events",
                "title": "What enterprises report",
                "servers": [{"$ref": "#/servers/site"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in lanes[UP]},
                "bindings": {"http": {}},
            },
            "down": {
                "address": "/api/v1/feed/commands",
                "title": "Commands to the tenants that data.to names: pulled, or sent by webhook",
                "servers": [{"$ref": "#/servers/site"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in lanes[DOWN]},
                "bindings": {"http": {}},
            },
            "above": {
                "address": "/api/v1/bureau/feed",
                "title": "What the level above the bureau gets: pulled, or sent by webhook",
                "servers": [{"$ref": "#/servers/site"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in lanes[OUT]},
                "bindings": {"http": {}},
            },
        },
        "operations": {
            "report": {
                "action": "receive",
                "channel": {"$ref": "#/channels/up"},
                "bindings": {"http": {"method": "POST"}},
                "security": [{"$ref": "#/components/securitySchemes/key"}],
            },
            **{
                name: {
                    "action": "send",
                    "channel": {"$ref": f"#/channels/{channel}"},
                    "bindings": {"http": {"method": "GET"}},
                    "security": [{"$ref": "#/components/securitySchemes/key"}],
                }
                for name, channel in (("command", "down"), ("passOn", "above"))
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "messages": {message_name(one.type): _message(one) for one in public},
            "schemas": {
                "Envelope": schema_of_envelope(),
                **{message_name(one.type): dict(one.schema) for one in public},
            },
        },
    }


def message_name(type: str) -> str:
    """``scenic.entry.counted.v1``: what a type is called inside the document."""
    return type.removeprefix("tourism.")


def schema_of_envelope() -> dict[str, Any]:
    """The envelope's schema, with anchors as other languages write them."""
    return {
        **ENVELOPE,
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {name: _plain(part) for name, part in ENVELOPE["properties"].items()},
    }


def schema_document(contract: Contract) -> dict[str, Any]:
    """One type's public JSON Schema: of ``data``, with what the registry knows of it."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:tourism:schema:{message_name(contract.type)}",
        "title": contract.type,
        "description": contract.summary,
        **contract.schema,
        **_facts(contract),
    }


def _message(contract: Contract) -> dict[str, Any]:
    name = message_name(contract.type)
    return {
        "name": contract.type,
        "title": contract.summary,
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": contract.type},
                        "data": {"$ref": f"#/components/schemas/{name}"},
                    },
                },
            ]
        },
        **_facts(contract),
    }


def _facts(contract: Contract) -> dict[str, Any]:
    due = None if contract.due is None else int(contract.due.total_seconds() // 60)
    return {
        "x-catalogue": contract.catalogue,
        "x-piiclass": contract.piiclass,
        "x-lane": contract.lane,
        "x-due-minutes": due,
        "x-kinds": sorted(contract.kinds),
    }


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    r"""``\Z`` is Python's: elsewhere ``$`` without the multi-line flag says the same."""
    return {name: value.replace("\\Z", "$") if name == "pattern" else value for name, value in part.items()}
