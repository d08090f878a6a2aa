"""A Bot API server on loopback for the tests: real HTTP, scripted faults, a record of calls."""

from __future__ import annotations

from tests.bot.botapi.controls import Controls
from tests.bot.botapi.faults import Fault
from tests.bot.botapi.records import Call, SentFile, SentMessage
from tests.bot.botapi.remote import RemoteBotApi, launched
from tests.bot.botapi.samples import UPDATE_KINDS
from tests.bot.botapi.server import TOKEN, BotApi

__all__ = [
    "TOKEN",
    "UPDATE_KINDS",
    "BotApi",
    "Call",
    "Controls",
    "Fault",
    "RemoteBotApi",
    "SentFile",
    "SentMessage",
    "launched",
]
