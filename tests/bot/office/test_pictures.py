from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from bot.office import canvas
from bot.office.blocks import laid_out
from bot.office.canvas import MAX_HEIGHT, WIDTH, Ruler
from bot.office.fonts import named_font, shipped_fonts
from bot.office.pictures import ranking, timeline
from bot.office.records import Milestone
from bot.office.timelines import Scale, due_words
from tests.bot.office.boards import TODAY, board, bulletin, days, many, task, unit

LONG = "各县区(功能区)党委(党工委)人民政府(管委会)及其所属工作部门和直属事业单位" * 3


@pytest.fixture(scope="module")
def font():
    return named_font(shipped_fonts()[0])


def opened(png):
    picture = Image.open(BytesIO(png))
    picture.load()
    assert picture.format == "PNG"
    return picture.convert("RGB")


def pixels(picture, colour):
    """How many pixels have exactly a colour."""
    wanted = tuple(bytes.fromhex(colour[1:]))
    return sum(count for count, found in picture.getcolors(1 << 24) if found == wanted)


@pytest.mark.parametrize("count", [0, 1, 31, 300])
def test_a_timeline_fits_a_phone_whatever_the_number_of_tasks(font, count):
    picture = opened(timeline(many(count), font=font))
    assert picture.width == WIDTH
    assert 150 < picture.height <= MAX_HEIGHT
    assert pixels(picture, canvas.INK) > 300
    assert (pixels(picture, canvas.CARD) > 10_000) is (count > 0)


def test_the_colour_says_the_state(font):
    due = {"issued": canvas.STONE, "acknowledged": canvas.AMBER, "reported": canvas.BLUE}
    due |= {"closed": canvas.GREEN, "returned": canvas.ORANGE}
    for state, colour in due.items():
        picture = opened(timeline(board(task(1, days(20), state, lead_units=("甲",))), font=font))
        shown = {name for name in due.values() if pixels(picture, name) > 800}
        # Every unit has a blue mark before its name, which is smaller than a pill.
        assert shown == {colour}


def test_what_is_overdue_is_red_unless_it_is_closed(font):
    late = opened(timeline(board(task(1, days(-20))), font=font))
    closed = opened(timeline(board(task(1, days(-20), "closed")), font=font))
    assert pixels(late, canvas.RED) > 1500
    assert pixels(closed, canvas.RED) == 0


def test_a_milestone_reached_is_green(font):
    for reached, least, most in [(True, 50, 300), (False, 0, 0)]:
        steps = (Milestone(days(20), "阶段", reached),)
        picture = opened(timeline(board(task(1, days(40), milestones=steps)), font=font))
        assert least <= pixels(picture, canvas.GREEN) <= most


def test_deadlines_years_apart_and_long_names_are_drawn(font):
    tasks = [
        task(1, date(2019, 1, 31), lead_units=(LONG,)),
        task(2, date(2035, 12, 31)),
        task(3000, days(1), "closed", title=LONG),
        task(4, lead_units=()),
    ]
    picture = opened(timeline(board(*tasks), font=font))
    assert pixels(picture, canvas.RED) > 1500


def test_far_deadlines_are_put_at_the_edge_when_most_are_near(font):
    near = [task(number, days(number)) for number in range(1, 4)]
    layout = laid_out(board(*near, task(9, date(2035, 12, 31))), Ruler(font), 5000)
    marks = {m.task.number: m for b in layout.blocks for lane in b.lanes for m in lane.marks}
    assert [marks[number].outside for number in (1, 2, 3, 9)] == [0, 0, 0, 1]
    assert marks[9].label == "2035-12-31 剩3323天"
    assert marks[9].x == layout.scale.right


def test_dollars_and_missing_characters_do_not_break_a_picture(font):
    odd = task(1, days(3), title="a$x_1$ \\frac {\U0001f600} \x07", lead_units=("$^$局\U0001f600",))
    assert opened(timeline(board(odd), font=font)).width == WIDTH
    rows = [unit("$^$局\U0001f600", 1, 1, 0, 0)]
    assert opened(ranking(bulletin(rows), font=font)).width == WIDTH


def test_units_stand_by_overdue_then_by_the_next_deadline(font):
    tasks = [
        task(1, days(9), lead_units=("甲局",)),
        task(2, days(5), lead_units=("乙局",)),
        task(3, days(-1), lead_units=("丙局", "甲局")),
        task(4, lead_units=()),
        task(5, days(1), "closed", lead_units=("丁局",)),
    ]
    layout = laid_out(board(*tasks), Ruler(font), 5000)
    units = [(block.unit, [found.number for found in block.drawn]) for block in layout.blocks]
    assert units == [
        ("丙局", [3]),
        ("甲局", [3, 1]),
        ("乙局", [2]),
        ("(未定牵头单位)", [4]),
        ("丁局", [5]),
    ]


def test_without_room_the_closed_go_first_and_what_is_urgent_stays(font):
    full = many(300)
    urgent = [found for found in full.tasks if found.open and found.due and found.due <= days(30)]
    roomy = laid_out(full, Ruler(font), 1_000_000)
    assert (len(roomy.drawn), roomy.word) == (300, "")
    tight = laid_out(full, Ruler(font), 4000)
    assert tight.word == "只画超期和30天内到期的"
    assert tight.drawn == {found.id for found in urgent}
    tighter = laid_out(full, Ruler(font), 500)
    assert tighter.height <= 500
    assert 0 < len(tighter.drawn) < len(urgent)


def test_marks_of_a_lane_do_not_overlap(font):
    layout = laid_out(many(300), Ruler(font), 4000)
    lanes = [lane.marks for block in layout.blocks for lane in block.lanes if lane.marks]
    assert len(lanes) > 10
    for marks in lanes:
        order = sorted(marks, key=lambda mark: mark.left)
        assert all(a.right < b.left for a, b in pairwise(order))
        assert order[0].left >= 0
        assert order[-1].right <= WIDTH


def test_a_deadline_is_said_with_how_far_off_it_is():
    said = [due_words(task(1, days(count)), TODAY) for count in (-3, 0, 5, 60)]
    assert said == ["11-22 超期3天", "11-25 今天到期", "11-30 剩5天", "2027-1-24 剩60天"]
    assert due_words(task(1, days(-3), "closed"), TODAY) == "11-22"


@pytest.mark.parametrize("count", [0, 1, 60])
def test_a_ranking_fits_a_phone_whatever_the_number_of_units(font, count):
    units = [unit(f"市第{number}局", 10, 8, 6, number % 7, 2, 1) for number in range(count)]
    picture = opened(ranking(bulletin(units), font=font))
    assert picture.width == WIDTH
    assert 200 < picture.height <= MAX_HEIGHT
    assert (pixels(picture, canvas.RED) > 1500) is (count > 0)


def test_a_bar_is_as_long_as_its_part(font):
    half = opened(ranking(bulletin([unit("甲", 4, 4, 2, 2)]), font=font))
    whole = opened(ranking(bulletin([unit("甲", 4, 4, 4, 4)]), font=font))
    assert pixels(half, canvas.GREEN) == pytest.approx(pixels(whole, canvas.GREEN) / 2, rel=0.05)
    assert pixels(half, canvas.AMBER) == pytest.approx(pixels(half, canvas.GREEN), rel=0.1)


def test_words_are_cut_to_a_width(font):
    ruler = Ruler(font)
    short = ruler.fitted(LONG, 30, 400)
    assert short.endswith("…")
    assert 340 < ruler.width(short, 30) <= 400
    assert ruler.fitted("市公安局", 30, 400) == "市公安局"


def test_pictures_drawn_in_threads_are_those_drawn_alone(font):
    boards = [many(count) for count in (3, 8, 13, 18)]
    alone = [timeline(each, font=font) for each in boards]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: timeline(each, font=font), boards)) == alone


@pytest.mark.parametrize("span", [1, 60, 400, 1000, 4000, 40_000])
def test_words_of_the_axis_have_room(span):
    scale = Scale(TODAY, days(span), 700)
    places = [scale.at(day) for day, _, _ in scale.ticks()]
    assert all(b - a >= 75 for a, b in pairwise(places))
    assert (len(places) >= 2) is (span >= 60)


def test_the_axis_says_the_year_where_it_begins():
    scale = Scale(date(2026, 11, 20), date(2027, 2, 20))
    assert [(word, year) for _, word, year in scale.ticks()] == [
        ("12月", "2026年"),
        ("1月", "2027年"),
        ("2月", ""),
    ]
    years = Scale(date(2020, 6, 1), date(2023, 6, 1), 400)
    assert [word for _, word, _ in years.ticks()] == ["2021年", "2022年", "2023年"]
