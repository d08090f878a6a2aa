"""What the documentation says is what the program does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.cli import cli
from bot.render import answer_lines
from bot.settings import Settings, read_settings
from index.local import LocalEngine
from retrieval.answering import ask

ROOT = Path(__file__).parent.parent
READMES = ["README.md", "README.zh-CN.md"]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_setting_is_documented(name: str):
    for command in cli.commands:
        assert f"`gongjian {command}" in text(name) or f"`{command}`" in text(name), command
    for setting in fields(Settings):
        assert f"`{setting.metadata['variable']}`" in text(name)


@pytest.mark.parametrize("name", READMES)
def test_the_session_shown_is_a_real_one(name: str, engine: LocalEngine):
    answer, _ = ask(engine, "烤烟用煤整改时限")
    shown = "\n".join("".join(words for _, words in line) for line in answer_lines(answer))
    blocks = re.findall(r"(?:^(?:    .*)?\n)+", text(name), re.MULTILINE)
    session = next(block for block in blocks if block.strip().startswith("2022年年底"))
    assert re.sub(r"(?m)^    ", "", session).strip("\n") == shown


def test_the_two_readmes_are_equal_in_structure():
    def shape(name: str) -> list[str]:
        lines = text(name).splitlines()
        return [
            "heading" if line.startswith("#") else "row" if line.startswith("|") else "code"
            for line in lines
            if line.startswith(("#", "|", "    "))
        ]

    assert shape(READMES[0]) == shape(READMES[1])


def test_nothing_is_left_to_be_filled_in():
    for name in [*READMES, "CHANGELOG.md"]:
        assert "@@" not in text(name)
        assert "TODO" not in text(name)


def test_settings_are_read_once_and_empty_ones_count_as_absent():
    settings = read_settings({"GONGJIAN_HOME": "/x", "GONGJIAN_ENCODER": ""})
    assert settings == Settings(home="/x", encoder=None)
    assert str(settings.home_folder) == "/x"
    assert read_settings({}).home_folder.name == "gongjian"
