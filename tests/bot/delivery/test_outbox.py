import pytest

from bot.delivery.messenger import StoredFile
from bot.delivery.outbox import LONGEST_KEY, enqueue, original_key, store_blob
from bot.records import Button
from bot.state.tables import Blob
from tests.bot.delivery.fakes import put, rows, take, to


def test_a_message_is_queued_with_all_it_says(database, now):
    buttons = ((Button("签收", data="a:1:1:"), Button("原文", url="https://x.cn/")),)
    message = to(5, "k", text="<b>好</b>", thread=7, buttons=buttons, silent=True, reply_to=3)
    [number] = put(database, now, message)
    [claimed] = take(database, now)
    assert claimed.id == number
    parcel = claimed.parcel
    assert (parcel.to.chat, parcel.to.thread, parcel.text) == (5, 7, "<b>好</b>")
    assert parcel.buttons == buttons
    assert (parcel.silent, parcel.reply_to, parcel.edits, parcel.file) == (True, 3, 0, None)


def test_a_key_is_queued_once_whatever_it_says(database, now):
    assert len(put(database, now, to(5, "k"), to(6, "k", text="other"))) == 1
    assert put(database, now, to(7, "k")) == []
    assert {key: row.chat for key, row in rows(database).items()} == {"k": 5}


def test_a_file_goes_with_its_message(database, now):
    blob = database.write(lambda s: store_blob(s, "picture", "台账.png", b"\x89PNG", now))
    put(database, now, to(5, "k", blob=blob))
    [claimed] = take(database, now)
    assert claimed.parcel.file is not None
    file = claimed.parcel.file
    assert (file.kind, file.name, file.content) == ("picture", "台账.png", b"\x89PNG")
    assert database.read(lambda s: s.get_one(Blob, blob).created_at) == now


def test_a_file_the_messenger_keeps_goes_by_its_id(database, now):
    put(database, now, to(5, "k", file_id="AgAC", file_kind="photo"))
    [claimed] = take(database, now)
    assert claimed.parcel.stored == StoredFile("photo", "AgAC")
    assert claimed.parcel.file is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"key": "k" * (LONGEST_KEY + 1)},
        {"key": "k", "edits": 4, "blob": 1},
        {"key": "k", "edits": 4, "file_id": "f", "file_kind": "photo"},
    ],
)
def test_what_could_never_be_sent_is_refused(database, now, wrong):
    with pytest.raises(ValueError, match=r"key|edit"):
        database.write(lambda s: enqueue(s, to(5, **wrong), now))
    assert rows(database) == {}


@pytest.mark.parametrize(
    ("key", "original"),
    [("a:1", "a:1"), ("a:1#补发", "a:1"), ("a:1#转4#补发", "a:1"), ("a:1#续2", "a:1")],
)
def test_a_copy_knows_its_original(key, original):
    assert original_key(key) == original
