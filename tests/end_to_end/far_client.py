"""A program on another machine of the hall: takes one request a line on its input, and answers one line each.

Only the standard library and the pin; run inside the other network namespace by `other_machine`.
"""

import contextlib
import http.client
import json
import socket
import sys
import threading
from typing import Any

from kiosk.protocol.pinning import PinnedConnection, look_at_certificate

TIMEOUT_S = 20.0
STREAM_S = 120.0
"""Longer by far than between two signs of life of a stream: it ends because it is ended."""
ended = threading.Event()


def call(asked: dict[str, Any]) -> dict[str, Any]:
    """One call under the pin; `follow`: leave its stream open and note when it ends."""
    patience_s = STREAM_S if asked.get("follow") else TIMEOUT_S
    line = PinnedConnection(asked["host"], asked["port"], asked["pin"], timeout=patience_s)
    headers = {"Authorization": f"Bearer {asked['key']}"} if asked.get("key") else {}
    body = None
    if asked.get("body") is not None:
        body, headers["Content-Type"] = json.dumps(asked["body"]), "application/json"
    line.request(asked["method"], "/v1" + asked["path"], body, headers)
    answer = line.getresponse()
    if asked.get("follow") and answer.status == 200:
        first = answer.readline().decode()
        threading.Thread(target=read_to_the_end, args=(answer,), daemon=True).start()
        return {"status": 200, "first": first}
    text = answer.read()
    line.close()
    return {"status": answer.status, "body": json.loads(text) if text else None}


def read_to_the_end(answer: http.client.HTTPResponse) -> None:
    with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
        while answer.readline():
            pass
    ended.set()


def plain(asked: dict[str, Any]) -> dict[str, Any]:
    """The same over HTTP without TLS."""
    line = http.client.HTTPConnection(asked["host"], asked["port"], timeout=TIMEOUT_S)
    line.request("GET", "/v1/state")
    return {"status": line.getresponse().status}


def do(asked: dict[str, Any]) -> dict[str, Any]:
    match asked["do"]:
        case "call":
            return call(asked)
        case "plain":
            return plain(asked)
        case "connect":
            with socket.create_connection((asked["host"], asked["port"]), TIMEOUT_S):
                return {}
        case "certificate":
            return {"found": look_at_certificate(asked["host"], asked["port"], TIMEOUT_S)}
        case _:
            return {"ended": ended.wait(TIMEOUT_S)}


for request in sys.stdin:
    try:
        said = do(json.loads(request))
    except Exception as fault:
        said = {"fault": type(fault).__name__}
    print(json.dumps(said), flush=True)
