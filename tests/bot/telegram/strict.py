import html
import re

SUPPORTED = {"b", "i", "u", "code", "blockquote", "a"}
OPENING = re.compile(r'<(?:(b|i|u|code|blockquote)|(blockquote) expandable|(a) href="[^"<>]*")>')
ENTITY = re.compile("&(?:lt|gt|amp|quot|#x27);")


def visible(text: str) -> str:
    """The words of HTML that Telegram would parse without complaint, else an error."""
    words: list[str] = []
    opened: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("</", at):
            end = text.index(">", at)
            assert opened.pop() == text[at + 2 : end]
            at = end + 1
        elif text[at] == "<":
            tag = OPENING.match(text, at)
            assert tag, text[at : at + 40]
            opened.append(next(filter(None, tag.groups())))
            assert opened.count("blockquote") <= 1
            at = tag.end()
        elif text[at] == "&":
            entity = ENTITY.match(text, at)
            assert entity, text[at : at + 40]
            words.append(html.unescape(entity[0]))
            at = entity.end()
        else:
            assert text[at] not in '>"'
            words.append(text[at])
            at += 1
    assert opened == []
    return "".join(words)


def units(text: str) -> int:
    """UTF-16 units as the encoder counts them."""
    return len(text.encode("utf-16-le")) // 2
