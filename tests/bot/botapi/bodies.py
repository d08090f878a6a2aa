"""Parameters of a call, whichever of the three encodings they came in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from tests.bot.botapi.errors import ApiError, bad_request
from tests.bot.botapi.wire import Request

_JSON = {
    "allowed_updates",
    "caption_entities",
    "commands",
    "entities",
    "link_preview_options",
    "media",
    "reply_markup",
    "reply_parameters",
    "scope",
}
_WHOLE = {
    "chat_id",
    "limit",
    "message_id",
    "message_thread_id",
    "offset",
    "reply_to_message_id",
    "timeout",
    "user_id",
}
_FLAGS = {
    "allow_sending_without_reply",
    "disable_notification",
    "disable_web_page_preview",
    "drop_pending_updates",
    "protect_content",
    "show_alert",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came inside a multipart body."""

    file_name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One call: its method, its decoded parameters and the files that came along."""

    method: str
    params: dict[str, Any]
    uploads: dict[str, Upload] = field(default_factory=dict)


def read_ask(method: str, request: Request) -> Ask:
    """Decode query string and body.

    :raises ApiError: when the body is not what its content type says.
    """
    raw: dict[str, Any] = dict(parse_qsl(request.query, keep_blank_values=True))
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "")
    if request.body and kind.startswith("application/json"):
        raw |= _json_object(request.body)
    elif request.body and kind.startswith("multipart/form-data"):
        fields, uploads = _multipart(kind, request.body)
        raw |= fields
    elif request.body:
        raw |= parse_qsl(request.body.decode(), keep_blank_values=True)
    return Ask(method, {name: _decoded(name, value) for name, value in raw.items()}, uploads)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(found, dict):
        raise bad_request("object expected as JSON body")
    return found


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _JSON:
        try:
            return json.loads(value)
        except ValueError as error:
            words = name.replace("_", " ")
            raise bad_request(f"can't parse {words} JSON object") from error
    if name in _WHOLE and value.removeprefix("-").isdigit():
        return int(value)
    if name in _FLAGS:
        return value.lower() in {"true", "1"}
    return value


def _multipart(kind: str, body: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    boundary = _header("Content-Type", kind).get_param("boundary")
    if not isinstance(boundary, str):
        raise ApiError(400, "Bad Request: boundary expected in multipart/form-data")
    fields: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        _add_part(head.decode("utf-8", "replace"), content, fields, uploads)
    return fields, uploads


def _add_part(
    head: str, content: bytes, fields: dict[str, Any], uploads: dict[str, Upload]
) -> None:
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.split("\r\n"))
    }
    disposition = _header("Content-Disposition", headers.get("content-disposition", ""))
    name = str(disposition.get_param("name", "", "content-disposition"))
    file_name = disposition.get_param("filename", None, "content-disposition")
    if file_name is None:
        fields[name] = content.decode()
        return
    mime = headers.get("content-type", "application/octet-stream")
    uploads[name] = Upload(str(file_name), content, mime)
    fields.setdefault(name, f"attach://{name}")


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message
