"""The types the front doors share: what comes in, what goes out, and the words for states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

from retrieval.records import Answer

# Where the time comes from: always an aware UTC instant, and never read but through this.
Clock = Callable[[], datetime]


class TaskState(StrEnum):
    """The life of a task; overdue is computed from its date, never stored."""

    DRAFT = "draft"
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"
    RETURNED = "returned"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


STATE_WORDS = {
    TaskState.DRAFT: "草稿",
    TaskState.ISSUED: "已下达",
    TaskState.ACKNOWLEDGED: "已签收",
    TaskState.REPORTED: "已报告",
    TaskState.RETURNED: "已退回",
    TaskState.CLOSED: "已销号",
    TaskState.SUSPENDED: "已中止",
    TaskState.CANCELLED: "已取消",
}
# A task in one of these is being worked on: it is reminded of, and may become overdue.
OPEN_STATES = frozenset(
    {TaskState.ISSUED, TaskState.ACKNOWLEDGED, TaskState.REPORTED, TaskState.RETURNED}
)


# A reported task waits for the office; its units are not reminded of it meanwhile.
REMINDED = OPEN_STATES - {TaskState.REPORTED}


class Action(StrEnum):
    """What people do to a task; each is one event."""

    IMPORT = "import"
    SET_DUE = "set_due"
    SET_STAGES = "set_stages"
    ISSUE = "issue"
    ACKNOWLEDGE = "acknowledge"
    PROGRESS = "progress"  # a milestone or one occurrence of a recurring duty is done
    REPORT = "report"
    EVIDENCE = "evidence"
    APPROVE = "approve"
    RETURN = "return"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    REOPEN = "reopen"


ACTION_WORDS = {
    Action.IMPORT: "导入",
    Action.SET_DUE: "调整期限",
    Action.SET_STAGES: "调整提醒",
    Action.ISSUE: "下达",
    Action.ACKNOWLEDGE: "签收",
    Action.PROGRESS: "阶段完成",
    Action.REPORT: "报告完成",
    Action.EVIDENCE: "补充佐证",
    Action.APPROVE: "销号",
    Action.RETURN: "退回",
    Action.ASK_EXTENSION: "申请延期",
    Action.GRANT_EXTENSION: "同意延期",
    Action.REFUSE_EXTENSION: "不同意延期",
    Action.SUSPEND: "中止",
    Action.RESUME: "恢复",
    Action.CANCEL: "取消",
    Action.REOPEN: "恢复为草稿",
}


class Role(StrEnum):
    """What a person is: of the office, or a unit's leader, or one of its people."""

    OFFICE = "office"
    LEAD = "lead"
    MEMBER = "member"


ROLE_WORDS = {Role.OFFICE: "攻坚办", Role.LEAD: "单位负责人", Role.MEMBER: "单位成员"}


class UnitRole(StrEnum):
    """What a unit is to a task."""

    LEAD = "lead"
    COOPERATING = "cooperating"


UNIT_ROLE_WORDS = {UnitRole.LEAD: "牵头", UnitRole.COOPERATING: "配合"}


class ChatKind(StrEnum):
    """Whether a chat is one person's or many people's."""

    PRIVATE = "private"
    GROUP = "group"


class ChatState(StrEnum):
    """Whether messages reach a chat."""

    ACTIVE = "active"
    BLOCKED = "blocked"  # the messenger refuses: blocked, kicked, never started
    REMOVED = "removed"  # the office took it out


class OutboxState(StrEnum):
    """The life of one message to be sent."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"  # it may have been sent; nobody can know
    FAILED = "failed"  # the messenger refuses it for good
    DEAD = "dead"  # it came too late to be worth sending
    CANCELLED = "cancelled"  # its task changed before it was sent


class InboxState(StrEnum):
    """The life of one update received."""

    NEW = "new"
    DONE = "done"
    DEAD = "dead"


class ReminderState(StrEnum):
    """The life of one planned reminder to one chat."""

    PLANNED = "planned"
    QUEUED = "queued"
    SUPERSEDED = "superseded"  # a later stage was sent in its stead
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """Which message goes first; smaller is sooner."""

    ANSWER = 0
    NOTICE = 1
    DUE = 2  # the day itself, overdue, escalation
    AHEAD = 3  # T-30, T-7, T-1
    ROUTINE = 4  # ledgers and bulletins


@dataclass(frozen=True, slots=True)
class Address:
    """A place that messages go to: a chat of the messenger, and a topic in it (0: none)."""

    chat: int
    thread: int = 0


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: pressed, it sends `data` back; or it opens `url`."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to be sent once.

    `key` names it for ever: a second message of the same key is never queued. `text` is HTML
    as Telegram knows it. With `blob` (the id of a stored file) it is the caption of that file; with
    `file_id` and `file_kind` (photo, document, video, voice) of one that the messenger keeps.
    `edits` is the message of the same chat whose place it takes; `task` and `version`, where
    given, are checked again just before it is sent. `resend` says that it may be sent once more,
    marked 补发, when nobody can know whether it arrived. `secret` says that it holds what must not
    stay in the database: its words are kept only until it is sent, or given up. `audience` says
    for whom it is, `office` or `unit`: where its chat is not reached, it goes to nobody else.
    """

    key: str
    to: Address
    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    priority: Priority = Priority.NOTICE
    silent: bool = False
    reply_to: int = 0
    edits: int = 0
    blob: int = 0
    file_id: str = ""
    file_kind: str = ""
    task: int = 0
    version: int = 0
    resend: bool = False
    secret: bool = False
    audience: str = ""
    not_before: datetime | None = None
    expires_at: datetime | None = None


class IncomingKind(StrEnum):
    """What an update is to us; anything else of the messenger's is not looked at."""

    MESSAGE = "message"
    EDITED = "edited"
    PRESS = "press"
    MEMBERSHIP = "membership"  # the bot was added to a chat, or taken out


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message, kept by the messenger under `file_id`."""

    kind: str
    file_id: str
    file_unique_id: str
    name: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update, whatever messenger it came from.

    `text` is the message, or the data of the pressed button. `addressed` is whether it is meant
    for the bot: always in a private chat; in a group by command, mention or reply.
    `member` is the bot's new standing in a chat: `member`, `left`, `kicked`. `update` names the
    update for ever: the keys of what is said to it begin with it, so nothing is said twice.
    """

    kind: IncomingKind
    user: int
    user_name: str
    chat: int
    chat_kind: ChatKind
    chat_title: str = ""
    thread: int = 0
    message: int = 0
    text: str = ""
    command: str = ""
    addressed: bool = True
    press_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    album: str = ""
    member: str = ""
    sent_at: datetime | None = None
    update: str = ""

    @property
    def address(self) -> Address:
        """Where an answer to it goes."""
        return Address(self.chat, self.thread)


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of an update: messages to queue, and the words shown on a pressed button."""

    messages: tuple[Outgoing, ...] = ()
    toast: str = ""
    alarm: bool = False
    leave: bool = False  # the bot leaves the chat it was added to without being asked for


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from where: what an event records."""

    person: int
    user: int
    chat: int
    name: str
    roles: frozenset[tuple[Role, int]] = field(default_factory=frozenset)  # (role, unit id or 0)
    admin: bool = False
    blocked: bool = field(default=False, compare=False)  # the chat was thought unreachable

    @property
    def office(self) -> bool:
        """Whether the person is of the office."""
        return any(role is Role.OFFICE for role, _ in self.roles)

    def units(self, *roles: Role) -> frozenset[int]:
        """The units the person speaks for, in any of these roles (all: in any at all)."""
        return frozenset(unit for role, unit in self.roles if unit and (not roles or role in roles))


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """What a question came to, asked off the event loop; it may cross processes.

    Without an answer, `apology` says to the cadre why there is none: too late, too long, broken.
    """

    question: str
    answer: Answer | None
    as_of: date
    version: str = ""
    elapsed_ms: int = 0
    apology: str = ""
