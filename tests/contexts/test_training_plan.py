from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sheetsales.contexts.base import field_paths
from sheetsales.contexts.training_plan import (
    SessionLine,
    TrainingPlan,
    build_training_plan,
    select_training_plans,
)
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.contexts.office import AS_OF, LOCALES, leaves, moment, office, template, unshown

PLAN = {
    "training_plan_id": "TP-000001",
    "period": "2026Q2",
    "name": "2026年第2季銷售培訓",
    "purpose": "提升需求探詢與議價能力，並使全員熟悉新版合同管理規定。",
    "audience": "北區銷售組全體代表；新進人員全程參加。",
    "budget": 85000.0,
    "owner_unit_id": "U-000002",
    "state": "approved",
}
SESSIONS = [
    ("SES-000002", "CRS-000002", "2026-04-20T13:30", "2026-04-20T17:30", True, "scheduled"),
    ("SES-000001", "CRS-000001", "2026-04-08T09:00", "2026-04-08T16:00", True, "graded"),
    ("SES-000003", "CRS-000002", "2026-05-04T09:00", "2026-05-05T12:00", False, "scheduled"),
    ("SES-000004", "CRS-000003", "2026-05-11T09:00", "2026-05-11T12:00", True, "cancelled"),
]
ENROLLED = [
    ("E-000003", "present", 55.0, 82.0, 90.0, 5),
    ("E-000004", "late", 40.0, 70.0, 65.0, 4),
    ("E-000005", "absent", None, None, None, None),
]


def _office(**changes):
    sessions = [
        {
            "session_id": key,
            "training_plan_id": "TP-000001",
            "course_id": course,
            "trainer": "林志明",
            "start_at": moment(start),
            "end_at": moment(end),
            "place": "總公司301教室",
            "mandatory": mandatory,
            "state": state,
        }
        for key, course, start, end, mandatory, state in SESSIONS
    ]
    enrolled = [
        {
            "session_id": "SES-000001",
            "employee_id": employee,
            "attendance": attendance,
            "pre_score": before,
            "post_score": after,
            "practical_score": practical,
            "reaction": reaction,
        }
        for employee, attendance, before, after, practical, reaction in ENROLLED
    ]
    rows = {"training_plan": [PLAN], "session": sessions, "enrollment": enrolled}
    return office(**{**rows, **changes})


def _build(locale="zh-Hant", **changes) -> TrainingPlan:
    return build_training_plan(
        _office(**changes),
        "TP-000001",
        regulation=load_regulation(),
        locale=locale,
        as_of=AS_OF,
        document_no="DOC-000007",
    )


def test_sessions_stand_in_order_of_time_with_their_hours():
    assert [(line.day, line.time) for line in _build().sessions] == [
        ("2026年4月8日", "09:00–16:00"),
        ("2026年4月20日", "13:30–17:30"),
        ("2026年5月4日", "09:00 – 2026年5月5日 12:00"),
        ("2026年5月11日", "09:00–12:00"),
    ]


def test_a_session_says_what_where_by_whom():
    assert _build("en").sessions[0] == SessionLine(
        day="8 April 2026",
        time="09:00–16:00",
        course="產品知識與演示",
        place="總公司301教室",
        trainer="林志明",
        mandatory="Yes",
        state="Graded",
    )


def test_cancelled_sessions_are_shown_but_not_counted():
    plan = _build()
    assert plan.extent == "2 門課程，3 個場次（必修 2）"
    assert plan.total_hours == "18 小時"
    assert plan.sessions[-1].state == "取消"


def test_each_course_is_described_once():
    assert [card.name for card in _build().courses] == [
        "產品知識與演示",
        "銷售技巧與客戶開發",
        "標準銷售話術",
    ]


def test_results_are_those_of_graded_sessions():
    (line,) = _build().results
    assert (line.enrolled, line.attended, line.attendance) == ("3", "2", "66.67%")
    assert (line.pass_rate, line.mean_score) == ("50.00%", "76.60")
    assert (line.gain, line.reaction) == ("0.55", "4.50")


def test_the_budget_is_also_in_words():
    plan = _build()
    assert (plan.budget, plan.budget_words) == ("NT$ 85,000", "新臺幣捌萬伍仟元整")


def test_weights_come_from_the_parameters():
    plan = _build()
    assert (plan.post_weight, plan.practical_weight) == ("0.6", "0.4")


def test_gaps_are_shown_as_dashes():
    empty = {"training_plan_id": "TP-000001"}
    session = {"session_id": "SES-000001", "training_plan_id": "TP-000001"}
    plan = _build(training_plan=[empty], session=[session], enrollment=[])
    assert (plan.period, plan.budget, plan.budget_words, plan.owner) == ("—", "—", "—", "—")
    assert plan.sessions[0] == SessionLine("—", "—", "—", "—", "—", "—", "—")
    assert (plan.courses, plan.results) == ((), ())


def test_a_session_that_has_no_key_yet_is_shown():
    new = {"training_plan_id": "TP-000001", "start_at": moment("2026-04-20T13:30")}
    assert _build(session=[new, new]).sessions[1].day == "2026年4月20日"


def test_an_unknown_plan_is_refused():
    with pytest.raises(SheetsalesError) as caught:
        _build(training_plan=[])
    assert caught.value.arguments == {"table": "training_plan", "key": "TP-000001"}


def test_a_batch_makes_the_plans_in_use():
    old = {"training_plan_id": "TP-000002", "inactive": True}
    tables = _office(training_plan=[PLAN, old])
    assert select_training_plans(tables, as_of=date(2026, 1, 1)) == ("TP-000001",)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_template_shows_exactly_the_fields(locale):
    paths = field_paths(TrainingPlan)
    found = template("training_plan", locale).check(paths)
    assert [problem for problem in found if problem.severity != "info"] == []
    assert unshown("training_plan", locale, paths) == set()


def test_simplified_texts_are_derived_and_names_are_not():
    plan = _build("zh-Hans")
    assert plan.state == "核准"
    assert plan.name == PLAN["name"]
    assert "课程" in plan.extent


def test_no_text_is_blank():
    assert all(text for text in leaves(replace(_build(), results=())))
