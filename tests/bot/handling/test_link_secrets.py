import json

import pytest
from sqlalchemy import select

from bot.delivery.claiming import claim
from bot.delivery.messenger import Sent
from bot.delivery.settling import settle
from bot.state.tables import Outbox
from tests.bot.handling.test_people import secret_in
from tests.bot.handling.town import ADMIN, NOW, Town, button


def all_kept(town: Town) -> str:
    rows = town.session.scalars(select(Outbox).execution_options(populate_existing=True))
    return json.dumps([row.payload for row in rows])


@pytest.mark.parametrize("group", [False, True])
def test_a_link_is_readable_only_until_it_is_sent(town: Town, group: bool):
    kinds = town.send(ADMIN, "/link")
    units = town.press(ADMIN, button(kinds, "群" if group else "个人"), below=7)
    made = town.press(ADMIN, button(units, "攻坚办"), below=7)
    secret = secret_in(made, "startgroup" if group else "start")
    assert [message.secret for message in (*kinds.messages, *units.messages)] == [False, False]
    assert secret in all_kept(town)
    sent = []
    while claimed := claim(town.session, "w", NOW, 10):
        for one in claimed:
            sent.append(one.parcel.text)
            settle(town.session, one, Sent(1), NOW)
    assert any(secret in text for text in sent)
    assert secret not in all_kept(town)
    assert "发一次性的绑定链接。给谁?" in json.loads(all_kept(town))[0]["text"]
