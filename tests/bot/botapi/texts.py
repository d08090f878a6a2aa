"""What Telegram checks in texts, captions and keyboards before it takes a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.bot.botapi.errors import ApiError, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CALLBACK_BYTES = 64
ENTITY_LIMIT = 100

_TAGS = {
    "a": "text_link",
    "b": "bold",
    "blockquote": "blockquote",
    "code": "code",
    "del": "strikethrough",
    "em": "italic",
    "i": "italic",
    "ins": "underline",
    "pre": "pre",
    "s": "strikethrough",
    "span": "spoiler",
    "strike": "strikethrough",
    "strong": "bold",
    "tg-emoji": "custom_emoji",
    "tg-spoiler": "spoiler",
    "u": "underline",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot));?")
_ATTRIBUTE = re.compile(r"""\s+([^\s=>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?""")
_ACTIONS = {"callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text"}
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def command_entities(text: str) -> list[dict[str, Any]]:
    """The entity Telegram adds for a command at the start of a text."""
    found = _COMMAND.match(text)
    return [{"type": "bot_command", "offset": 0, "length": found.end()}] if found else []


def checked_text(params: dict[str, Any], *, caption: bool) -> tuple[str, list[dict[str, Any]]]:
    """The text that is shown and its entities.

    :raises ApiError: when it is empty, too long or badly marked up.
    """
    raw = str(params.get("caption" if caption else "text") or "")
    mode = str(params.get("parse_mode") or "").lower()
    given = params.get("caption_entities" if caption else "entities") or []
    if mode == "html":
        text, entities = parse_html(raw)
    elif mode in {"", "markdown", "markdownv2"}:
        text, entities = raw, list(given)
    else:
        raise bad_request("unsupported parse_mode")
    text, entities = _stripped(text, entities)
    if not caption and not text:
        raise bad_request("message text is empty")
    if caption and units(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if units(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return text, entities[:ENTITY_LIMIT]


def _stripped(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    shown = text.strip()
    lead = units(text[: len(text) - len(text.lstrip())])
    size = units(shown)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] + entity["length"] - lead)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return shown, kept


@dataclass(slots=True)
class _Html:
    """The state of one parse: where it is, what is shown, which tags are open."""

    source: str
    at: int = 0
    shown: list[str] = field(default_factory=list)
    size: int = 0
    nested: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.shown.append(text)
        self.size += units(text)

    def error(self, words: str, at: int) -> ApiError:
        offset = len(self.source[:at].encode())
        return bad_request("can't parse entities: " + words.replace("@", str(offset), 1))


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of Telegram's HTML.

    :raises ApiError: for tags that are unsupported, unbalanced or cut.
    """
    parse = _Html(source)
    while parse.at < len(source):
        if source.startswith("</", parse.at):
            _close(parse)
        elif source[parse.at] == "<":
            _open(parse)
        elif found := _ENTITY.match(source, parse.at):
            decimal, hexa, name = found.groups()
            parse.add(_NAMED[name] if name else chr(int(decimal or hexa, 16 if hexa else 10)))
            parse.at = found.end()
        else:
            ends = [e for c in "<&" if (e := source.find(c, parse.at + 1)) >= 0]
            end = min(ends, default=len(source))
            parse.add(source[parse.at : end])
            parse.at = end
    if parse.nested:
        tag = parse.nested[-1][0]
        raise parse.error(f'Can\'t find end tag corresponding to start tag "{tag}"', 0)
    return "".join(parse.shown), sorted(parse.entities, key=lambda e: (e["offset"], -e["length"]))


def _open(parse: _Html) -> None:
    begin = parse.at
    found = re.compile(r"<([^\s>]*)").match(parse.source, begin)
    assert found is not None
    tag = found[1].lower()
    if found.end() == len(parse.source):
        raise parse.error("Unclosed start tag at byte offset @", begin)
    if tag not in _TAGS:
        raise parse.error(f'Unsupported start tag "{tag}" at byte offset @', begin)
    at = found.end()
    attributes: dict[str, str] = {}
    while attribute := _ATTRIBUTE.match(parse.source, at):
        name, *values = attribute.groups()
        attributes[name.lower()] = next((v for v in values if v is not None), "")
        at = attribute.end()
    end = re.compile(r"\s*>").match(parse.source, at)
    if end is None:
        raise parse.error("Unclosed start tag at byte offset @", begin)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise parse.error('Tag "span" must have class "tg-spoiler" at byte offset @', begin)
    parse.nested.append((tag, parse.size, attributes))
    parse.at = end.end()


def _close(parse: _Html) -> None:
    begin = parse.at
    end = parse.source.find(">", begin)
    if not parse.nested:
        raise parse.error("Unexpected end tag at byte offset @", begin)
    if end < 0:
        raise parse.error("Unclosed end tag at byte offset @", begin)
    name = parse.source[begin + 2 : end].strip().lower()
    tag, start, attributes = parse.nested.pop()
    if name and name != tag:
        words = f'Unmatched end tag at byte offset @, expected "</{tag}>", found "</{name}>"'
        raise parse.error(words, begin)
    if parse.size > start:
        entity = {"type": _TAGS[tag], "offset": start, "length": parse.size - start}
        parse.entities.append(entity | ({"url": attributes.get("href", "")} if tag == "a" else {}))
    parse.at = end + 1


def checked_markup(markup: Any) -> dict[str, Any] | None:
    """The reply markup, if Telegram would take it.

    :raises ApiError: for buttons without text or action, or with too much callback data.
    """
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    for row in markup.get("inline_keyboard", []):
        for button in row:
            _check_button(button)
    return markup


def _check_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if not _ACTIONS & button.keys():
        words = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {words}")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
