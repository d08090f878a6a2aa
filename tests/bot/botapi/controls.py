"""What a test can do to the server, the same in its own process and from another one."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from tests.bot.botapi.faults import Fault
from tests.bot.botapi.makers import Makers
from tests.bot.botapi.records import Call, SentMessage

_STEP = 0.005


class Faults:
    """Scripts what goes wrong; each rule has a number."""

    def __init__(self, perform: Callable[..., Any]) -> None:
        self._perform = perform

    def add(
        self,
        kind: Fault | str,
        *,
        method: str | Sequence[str] = (),
        chat: int | None = None,
        times: int | None = 1,
        after: int = 0,
        retry_after: int = 1,
        seconds: float | None = None,
        migrate_to: int | None = None,
        description: str | None = None,
        html: bool = False,
    ) -> int:
        """Let the next ``times`` matching calls fail (None: all), the first ``after`` excepted.

        ``seconds`` is the length of a delay; ``html`` answers with a proxy's page, not JSON.
        """
        return self._add(
            [kind],
            method,
            chat=chat,
            times=times,
            after=after,
            retry_after=retry_after,
            seconds=seconds,
            migrate_to=migrate_to,
            description=description,
            html=html,
        )

    def random(
        self,
        probability: float,
        kinds: Sequence[Fault | str],
        *,
        seed: int = 0,
        method: str | Sequence[str] = (),
        chat: int | None = None,
        times: int | None = None,
        retry_after: int = 1,
        seconds: float | None = None,
    ) -> int:
        """Let matching calls fail by chance, the same way for the same seed."""
        return self._add(
            kinds,
            method,
            chat=chat,
            times=times,
            probability=probability,
            seed=seed,
            retry_after=retry_after,
            seconds=seconds,
        )

    def hits(self, number: int) -> int:
        """How many calls a rule has struck."""
        return int(self._perform("fault_hits", number=number))

    def remove(self, number: int) -> None:
        """Take one rule out of force."""
        self._perform("remove_faults", number=number)

    def clear(self) -> None:
        """Take every rule out of force."""
        self._perform("remove_faults")

    def _add(
        self, kinds: Sequence[Fault | str], method: str | Sequence[str], **options: Any
    ) -> int:
        methods = [method] if isinstance(method, str) else list(method)
        names = [Fault(kind).value for kind in kinds]
        return int(self._perform("add_fault", kinds=names, methods=methods, **options))


class Controls(Makers):
    """Everything a test asks of the server or tells it."""

    @abstractmethod
    def _perform(self, action: str, **arguments: Any) -> Any:
        """Run one of the actions on the server's loop and give its result."""

    @property
    def faults(self) -> Faults:
        """The scripted faults."""
        return Faults(self._perform)

    @property
    def calls(self) -> list[Call]:
        """Every call so far, in order of arrival."""
        return self.calls_since(0)

    @property
    def sent(self) -> list[SentMessage]:
        """Every message that was really recorded, in order."""
        return self.sent_since(0)

    def calls_since(self, index: int) -> list[Call]:
        """Calls from this index on."""
        return list(self._perform("calls", since=index))

    def sent_since(self, index: int) -> list[SentMessage]:
        """Recorded messages from this index on."""
        return list(self._perform("sent", since=index))

    def calls_of(self, method: str) -> list[Call]:
        """Calls of one method."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def sent_to(self, chat_id: int) -> list[SentMessage]:
        """Recorded messages of one chat."""
        return [message for message in self.sent if message.chat_id == chat_id]

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Updates that the bot has not confirmed."""
        return list(self._perform("pending"))

    @property
    def confirmed(self) -> list[int]:
        """Ids of the updates that an offset has confirmed."""
        return list(self._perform("confirmed"))

    @property
    def filtered(self) -> list[dict[str, Any]]:
        """Updates that were never queued because ``allowed_updates`` leaves them out."""
        return list(self._perform("filtered"))

    @property
    def commands(self) -> dict[str, list[dict[str, str]]]:
        """Commands by scope, as JSON ``[scope, language]``."""
        return dict(self._perform("commands"))

    def message_now(self, chat_id: int, message_id: int) -> dict[str, Any] | None:
        """A message as it stands after edits; None when it does not exist (any more)."""
        found: dict[str, Any] | None = self._perform(
            "message_now", chat_id=chat_id, message_id=message_id
        )
        return found

    def content(self, file_id: str) -> bytes:
        """The bytes of a file, sent by whomever."""
        return bytes(self._perform("content", file_id=file_id))

    def inject(self, update: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        """Queue an update; ``force`` sends it even if ``allowed_updates`` leaves it out."""
        return dict(self._perform("inject", update=update, force=force))

    def add_file(
        self,
        file_name: str,
        content: bytes,
        *,
        mime_type: str | None = None,
        file_size: int | None = None,
    ) -> dict[str, Any]:
        """Store a file; ``file_size`` pretends another size than that of ``content``."""
        given = {"file_name": file_name, "content": content}
        return dict(self._perform("add_file", mime_type=mime_type, file_size=file_size, **given))

    def restart_update_ids(self, at: int) -> None:
        """Go on with this update id, lower than before if need be."""
        self._perform("restart_update_ids", at=at)

    def set_status(self, chat_id: int, user_id: int, status: str) -> None:
        """What getChatMember and getChatAdministrators say of a person."""
        self._perform("set_status", chat_id=chat_id, user_id=user_id, status=status)

    def bar(self, chat_id: int, description: str) -> None:
        """Refuse every call for a chat with 403 and these words."""
        self._perform("bar", chat_id=chat_id, description=description)

    def unbar(self, chat_id: int) -> None:
        """Let the bot into a chat again."""
        self._perform("unbar", chat_id=chat_id)

    def migrate(self, chat_id: int, new_chat_id: int) -> None:
        """Turn a group into a supergroup: calls for it now fail, both chats get a notice."""
        self._perform("migrate", chat_id=chat_id, new_chat_id=new_chat_id)
        sender = chat_id
        self.message(chat_id, sender, migrate_to_chat_id=new_chat_id)
        self.message(new_chat_id, sender, migrate_from_chat_id=chat_id)

    def set_tokens(self, *tokens: str) -> None:
        """Accept these tokens and no others."""
        self._perform("set_tokens", tokens=list(tokens))

    def down(self, seconds: float | None = None) -> None:
        """Refuse connections and cut the open ones, for a while or until :meth:`up`."""
        self._perform("down", seconds=seconds)

    def up(self) -> None:
        """Accept connections again, on the same port."""
        self._perform("up")

    def reset(self) -> None:
        """Forget records, pending updates, faults and bans; ids go on counting."""
        self._perform("reset")

    def wait_until(self, holds: Callable[[], Any], timeout: float = 5.0) -> None:
        """Block until something holds; not for use on the loop of the client under test.

        :raises TimeoutError: when it does not in time.
        """
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"still not so after {timeout} s")
            time.sleep(_STEP)

    async def until(self, holds: Callable[[], Any], timeout: float = 5.0) -> None:
        """Wait until something holds, letting the running loop go on.

        :raises TimeoutError: when it does not in time.
        """
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"still not so after {timeout} s")
            await asyncio.sleep(_STEP)
