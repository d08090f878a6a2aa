from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.ledger.names import department_of, unit_matches
from corpus.ledger.units import Role, split_units

CASES = json.loads((Path(__file__).parents[1] / "cases" / "units.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["split"], ids=lambda case: case["text"][:20] or "empty")
def test_a_line_splits_into_names_and_roles(case):
    units = split_units(case["text"])
    assert list(units.lead) == case["lead"]
    assert list(units.cooperating) == case["cooperating"]
    assert [list(pair) for pair in units.completed] == case.get("completed", [])


@pytest.mark.parametrize("case", CASES["matches"], ids=lambda case: case["query"] or "empty")
def test_a_query_finds_the_units_it_means_and_no_other(case):
    found = [unit for unit in CASES["units"] if unit_matches(case["query"], unit)]
    assert sorted(found) == sorted(case["expect"])


@pytest.mark.parametrize("unit", CASES["units"])
def test_a_unit_matches_its_own_name(unit):
    assert unit_matches(unit, unit)


def test_a_label_gives_its_role_to_names_without_a_role_word():
    units = split_units("市公安局、市城管局", role=Role.COOPERATING)
    assert (units.lead, units.cooperating) == ((), ("市公安局", "市城管局"))


@pytest.mark.parametrize(
    ("name", "department"),
    [
        ("商务", "商务局"),
        ("市市场监督管理局", "市场监管局"),
        ("发改", "发展改革委"),
        ("财神", None),
    ],
)
def test_a_department_is_known_by_its_short_and_former_names(name, department):
    assert department_of(name) == department


@given(st.text(alphabet="市县区局委办人民政府各牵头配合、,，；。()（） \n单位:", max_size=40))
def test_every_name_is_a_piece_of_the_line_or_on_record_as_completed(text):
    units = split_units(text)
    completed = {name for name, _ in units.completed}
    for name in (*units.lead, *units.cooperating):
        assert name in text or name in completed
    assert not set(units.lead) & set(units.cooperating)
