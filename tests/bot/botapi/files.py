"""Files: uploads by the bot, files sent by people, downloads."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from typing import Any

from tests.bot.botapi.bodies import Ask
from tests.bot.botapi.errors import bad_request
from tests.bot.botapi.records import SentFile
from tests.bot.botapi.state import State
from tests.bot.botapi.texts import checked_markup, checked_text

DOWNLOAD_LIMIT = 20 * 1024 * 1024
_GROUP_SIZES = range(2, 11)


def add_file(
    state: State,
    file_name: str,
    content: bytes,
    mime_type: str | None = None,
    file_size: int | None = None,
) -> dict[str, Any]:
    """Store a file and give the object that Telegram would describe it with."""
    number = len(state.files) + 1
    suffix = PurePosixPath(file_name).suffix
    guessed = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    described: dict[str, Any] = {
        "file_id": f"file-{number}",
        "file_unique_id": f"unique-{number}",
        "file_name": file_name,
        "mime_type": mime_type or guessed,
        "file_size": len(content) if file_size is None else file_size,
        "file_path": f"documents/file_{number}{suffix}",
    }
    state.files[described["file_id"]] = (described, content)
    return {key: value for key, value in described.items() if key != "file_path"}


def as_photo(described: dict[str, Any]) -> list[dict[str, Any]]:
    """A stored file as the list of sizes that a photo is."""
    kept = {key: described[key] for key in ("file_id", "file_unique_id", "file_size")}
    return [kept | {"width": 1280, "height": 720}]


def _given(state: State, ask: Ask, value: Any) -> dict[str, Any]:
    """The file that a parameter names: an upload or the id of a known file."""
    upload = ask.uploads.get(str(value).removeprefix("attach://"))
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        return add_file(state, upload.file_name, upload.content, upload.mime_type)
    if str(value) in state.files:
        return state.files[str(value)][0]
    raise bad_request("wrong remote file identifier specified: wrong string length")


def _sent(described: dict[str, Any]) -> SentFile:
    return SentFile(
        described["file_id"],
        described["file_name"],
        described["mime_type"],
        described["file_size"],
    )


def _content(described: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind == "photo":
        return {"photo": as_photo(described)}
    return {"document": {key: value for key, value in described.items() if key != "file_path"}}


def _captioned(params: dict[str, Any]) -> dict[str, Any]:
    text, entities = checked_text(params, caption=True)
    named = {"caption": text} if text else {}
    return named | ({"caption_entities": entities} if entities else {})


def send_file(state: State, ask: Ask, kind: str) -> dict[str, Any]:
    """The sendDocument and sendPhoto methods."""
    chat = state.target(ask)
    content = _captioned(ask.params)
    markup = checked_markup(ask.params.get("reply_markup"))
    if ask.params.get(kind) is None:
        raise bad_request(f"there is no {kind} in the request")
    described = _given(state, ask, ask.params[kind])
    content |= _content(described, kind) | ({"reply_markup": markup} if markup else {})
    return state.record(ask, chat, content, (_sent(described),))


def send_media_group(state: State, ask: Ask) -> list[dict[str, Any]]:
    """The sendMediaGroup method: all the messages or none."""
    chat = state.target(ask)
    media = ask.params.get("media") or []
    if len(media) not in _GROUP_SIZES:
        raise bad_request("wrong number of media in the album: 2-10 expected")
    parts = []
    for item in media:
        kind = item.get("type")
        if kind not in {"document", "photo"}:
            raise bad_request("only documents and photos are served here")
        described = _given(state, ask, item.get("media"))
        parts.append((described, _captioned(item) | _content(described, kind)))
    group = {"media_group_id": f"group-{len(state.sent) + 1}"}
    return [state.record(ask, chat, group | part, (_sent(file),)) for file, part in parts]


def get_file(state: State, ask: Ask) -> dict[str, Any]:
    """The getFile method."""
    file_id = ask.params.get("file_id")
    if file_id not in state.files:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    described, _ = state.files[file_id]
    if described["file_size"] > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    keys = ("file_id", "file_unique_id", "file_size", "file_path")
    return {key: described[key] for key in keys}


def content_at(state: State, path: str) -> bytes | None:
    """The bytes behind a file path, as the download address gives them."""
    for described, content in state.files.values():
        if described["file_path"] == path:
            return content
    return None
