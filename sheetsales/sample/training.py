"""The sample's training plan, sessions and results."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sheetsales.sample.organisation import OFFICE, sales_staff
from sheetsales.sample.setting import Row, Setting, numbered

SESSIONS = 6
GRADED = 4
"""How many of the sessions have taken place and are graded."""


def build_training(setting: Setting, starter: dict[str, list[Row]]) -> None:
    """Add training_plan, session and enrollment."""
    year = setting.as_of.year
    setting.add(
        "training_plan",
        {
            "training_plan_id": "TP-000001",
            "period": str(year),
            "name": setting.say(f"{year} 年度銷售培訓計劃", f"Sales training plan {year}"),
            "purpose": setting.say(
                "提升解決方案銷售、談判與客戶關係管理能力，並完成銷售制度宣導。",
                "Build skill in solution selling, negotiation and customer care; teach the sales rules.",
            ),
            "audience": setting.say("全體銷售人員", "All sales staff"),
            "budget": 480000,
            "owner_unit_id": OFFICE,
            "state": "executing",
        },
    )
    courses = [str(course["course_id"]) for course in starter["course"]]
    for number in range(1, SESSIONS + 1):
        _add_session(setting, number, courses[(number - 1) % len(courses)])
    passes = {row["course_id"]: float(str(row["pass_score"])) for row in starter["course"]}
    for session in setting.rows["session"]:
        _enroll(setting, session, passes[session["course_id"]])


def _add_session(setting: Setting, number: int, course: str) -> None:
    graded = number <= GRADED
    weeks = -30 + 7 * number if graded else 2 + 3 * (number - GRADED)
    day = setting.as_of + timedelta(weeks=weeks)
    day -= timedelta(days=day.weekday() - 2)
    supervisor = numbered("E", 2 + number % 3)
    names = {row["employee_id"]: str(row["name"]) for row in setting.rows["employee"]}
    setting.add(
        "session",
        {
            "session_id": numbered("TS", number),
            "training_plan_id": "TP-000001",
            "course_id": course,
            "trainer": names[supervisor],
            "trainer_id": supervisor,
            "start_at": datetime.combine(day, time(9, 30)),
            "end_at": datetime.combine(day, time(16, 30)),
            "place": setting.say("總公司 6 樓訓練教室", "Training room, head office, 6th floor"),
            "mandatory": number != 5,
            "state": "graded" if graded else "scheduled",
        },
    )


def _enroll(setting: Setting, session: Row, pass_score: float) -> None:
    graded = session["state"] == "graded"
    for person in sales_staff(setting):
        if person["employee_id"] == session["trainer_id"]:
            continue
        absent = graded and setting.random.random() < 0.08
        row: Row = {
            "session_id": session["session_id"],
            "employee_id": person["employee_id"],
            "attendance": "absent" if absent else "present",
        }
        if graded and not absent:
            row.update(_result(setting, session, pass_score))
        setting.add("enrollment", row)


def _result(setting: Setting, session: Row, pass_score: float) -> Row:
    before = setting.random.randint(40, 70)
    after = min(100, before + setting.random.randint(8, 35))
    practical = setting.random.randint(62, 98)
    passed = 0.6 * after + 0.4 * practical >= pass_score
    number = len(setting.rows.get("enrollment", [])) + 1
    return {
        "pre_score": before,
        "post_score": after,
        "practical_score": practical,
        "reaction": setting.random.randint(3, 5),
        "feedback": setting.say("案例貼近實務。", "Cases close to practice.")
        if number % 4 == 0
        else None,
        "certificate_no": f"CT-{str(session['session_id'])[-3:]}-{number:04d}" if passed else None,
    }
