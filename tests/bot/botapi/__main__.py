"""Run the server as a process: ``python -m tests.bot.botapi --port 0 --token T``."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from tests.bot.botapi.server import TOKEN, BotApi


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bot.botapi")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--token", action="append", help="may be given several times")
    parser.add_argument("--username", default="gongjian_test_bot")
    parser.add_argument("--first-update-id", type=int, default=1)
    parser.add_argument("--log", type=Path, help="append one JSON line per recorded message")
    return parser


async def _serve(options: argparse.Namespace) -> None:
    tokens = options.token or [TOKEN]
    server = BotApi(
        tokens[0],
        tokens=tokens[1:],
        host=options.host,
        port=options.port,
        control_port=options.control_port,
        username=options.username,
        first_update_id=options.first_update_id,
        log=options.log,
    )
    async with server:
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        printed = {
            "port": server.port,
            "url": server.url,
            "base_url": server.base_url,
            "base_file_url": server.base_file_url,
            "control_url": server.control_url,
            "token": server.token,
        }
        sys.stdout.write(json.dumps(printed) + "\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_parser().parse_args()))
