from __future__ import annotations

from datetime import date

import pytest

from eval.text.dates import classes, plain_forms, shipped
from eval.text.oracle import extracted, period_of, theirs

BASE = date(2020, 7, 23)


def test_jionlp_reads_every_plain_form_as_we_do():
    pairs = list(plain_forms())
    assert [pair for pair in pairs if pair.outcome != "agree"] == []
    assert len(pairs) == 504


def test_every_disagreement_on_the_shipped_corpus_is_judged_and_none_against_us():
    found = [one for one in classes(shipped()) if one.outcome != "agree"]
    assert [one for one in found if one.verdict is None] == []
    assert {one.verdict.right for one in found if one.verdict} == {"ours", "both"}


def test_the_oracle_says_a_last_day_a_period_or_nothing():
    assert theirs("2020年8月底前", BASE) == "2020-08-31"
    assert theirs("每年6月底前", BASE) == "every 1Y"
    assert theirs("立行立改", BASE) == ""


def test_the_oracle_hears_a_road_as_a_day_and_is_not_followed():
    assert extracted("金江路(五一路以东)", BASE) == [(4, 6)]


def test_nothing_of_the_oracle_is_printed(capfd):
    theirs("6月份", BASE)
    extracted("8.7:46.3:45", BASE)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("rule", "period"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", "every 3M"),
        ("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "every 3M"),
        ("FREQ=WEEKLY;INTERVAL=2", "every 14D"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1", "every 1Y"),
    ],
)
def test_rules_are_written_as_the_oracle_writes_periods(rule, period):
    assert period_of(rule) == period
