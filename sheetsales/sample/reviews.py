"""The sample's appraisal cycle: ratings of attitude, satisfaction and comments."""

from __future__ import annotations

from collections.abc import Mapping

from sheetsales.sample.names import MANAGER_COMMENTS
from sheetsales.sample.organisation import sales_staff
from sheetsales.sample.setting import Row, Setting
from sheetsales.schema import Regulation, Table
from sheetsales.scores.actuals import score_actuals
from sheetsales.scores.params import Params
from sheetsales.tables import build_frame

CYCLE = "CY-000001"


def build_reviews(setting: Setting, starter: dict[str, list[Row]]) -> None:
    """Add cycle, attitude_rating, appraisal and the manual part of kpi_actual."""
    quarter = setting.cycle_quarter
    setting.add(
        "cycle",
        {
            "cycle_id": CYCLE,
            "name": setting.say(
                f"{quarter.year} 年第 {quarter.number} 季考核", f"Appraisal {quarter.period}"
            ),
            "start_on": quarter.start,
            "end_on": quarter.end,
            "w_performance": 60,
            "w_attitude": 25,
            "w_service": 15,
            "state": "rating",
        },
    )
    items = [str(item["item_id"]) for item in starter["attitude_item"]]
    people = sales_staff(setting)
    for index, person in enumerate(people):
        peers = [other for other in people if other["unit_id"] == person["unit_id"]]
        _add_ratings(setting, person, _raters(setting, person, peers, people), items)
        setting.add(
            "appraisal",
            {
                "cycle_id": CYCLE,
                "employee_id": person["employee_id"],
                "manager_comment": setting.say(*MANAGER_COMMENTS[index % len(MANAGER_COMMENTS)]),
                "appeal": "none",
                "state": "reviewed",
            },
        )
    _tell_apart(setting)
    _add_satisfaction(setting, people)


def _tell_apart(setting: Setting) -> None:
    """Change one mark of a rater who gave everybody the same one, which would be a finding."""
    marks: dict[object, list[Row]] = {}
    for row in setting.rows["attitude_rating"]:
        if row["rater_id"] != row["employee_id"]:
            marks.setdefault(row["rater_id"], []).append(row)
    for rows in marks.values():
        if len({row["rating"] for row in rows}) == 1:
            rows[0]["rating"] = 3 if rows[0]["rating"] == 4 else 4
            rows[0]["comment"] = None


def _raters(
    setting: Setting, person: Row, peers: list[Row], people: list[Row]
) -> list[tuple[str, str]]:
    own = person["employee_id"]
    colleagues = [row["employee_id"] for row in peers if row["employee_id"] != own]
    if len(colleagues) < 2:
        colleagues = [row["employee_id"] for row in people if row["employee_id"] != own]
    chosen = setting.random.sample(colleagues, 2)
    return [
        (str(person["reports_to"]), "supervisor"),
        *((str(peer), "peer") for peer in chosen if peer != person["reports_to"]),
        *_substitute(setting, person, chosen, people),
        (str(own), "self"),
    ]


def _substitute(
    setting: Setting, person: Row, chosen: list[object], people: list[Row]
) -> list[tuple[str, str]]:
    """A supervisor drawn as a peer is replaced, so that two peers rate everybody."""
    if person["reports_to"] not in chosen:
        return []
    taken = {person["employee_id"], person["reports_to"], *chosen}
    free = [str(row["employee_id"]) for row in people if row["employee_id"] not in taken]
    return [(setting.random.choice(free), "peer")]


def _add_ratings(
    setting: Setting, person: Row, raters: list[tuple[str, str]], items: list[str]
) -> None:
    level = setting.random.choice([3, 4, 4, 4, 5])
    for rater, kind in raters:
        for position, item in enumerate(items):
            drift = setting.random.choice([-1, 0, 0, 0, 1]) if position else 0
            rating = min(5, max(2, level + drift + (kind == "self" and level < 4)))
            setting.add(
                "attitude_rating",
                {
                    "cycle_id": CYCLE,
                    "employee_id": person["employee_id"],
                    "rater_id": rater,
                    "rater_type": kind,
                    "item_id": item,
                    "rating": rating,
                    "comment": _fact(setting) if rating == 5 else None,
                },
            )


def _fact(setting: Setting) -> str:
    return setting.random.choice(
        [
            setting.say(
                "主動拜訪流失客戶並取得復購訂單。", "Won back a lost customer on own initiative."
            ),
            setting.say(
                "專案交期提前兩週完成，客戶書面致謝。", "Finished two weeks early; written thanks."
            ),
            setting.say(
                "協助同仁完成跨區投標文件。", "Helped colleagues with a tender across regions."
            ),
        ]
    )


def _add_satisfaction(setting: Setting, people: list[Row]) -> None:
    for person in people:
        for month in setting.cycle_quarter.months:
            setting.add(
                "kpi_actual",
                {
                    "employee_id": person["employee_id"],
                    "kpi_id": "CSAT",
                    "period": month,
                    "actual": setting.random.randint(740, 960) / 10,
                    "source": "manual",
                    "evidence": setting.say(
                        f"{month} 客戶回訪問卷彙總表", f"Summary of customer call-backs {month}"
                    ),
                    "locked": True,
                },
            )


def build_actuals(
    setting: Setting, starter: Mapping[str, list[Row]], regulation: Regulation
) -> None:
    """Add the computed rows of kpi_actual for the months of the appraised quarter.

    The actuals are what the engine itself computes from the orders made so far, as if it had
    filled them at the end of each month.
    """
    schemes = {(str(row["position_id"]), str(row["kpi_id"])) for row in starter["kpi_scheme"]}
    rows = [
        setting.add(
            "kpi_actual",
            {
                "employee_id": person["employee_id"],
                "kpi_id": kpi,
                "period": month,
                "actual": 0,
                "source": "computed",
                "locked": True,
            },
        )
        for person in sales_staff(setting)
        for position, kpi in sorted(schemes)
        if position == person["position_id"]
        for month in setting.cycle_quarter.months
    ]
    frames = {
        name: build_frame(table, _merged(table, starter.get(name, []), setting.rows.get(name, [])))
        for name, table in regulation.tables.items()
    }
    params = Params.of(frames, setting.as_of)
    scored = score_actuals(frames, params, as_of=setting.as_of)
    found = {
        (row["employee_id"], row["kpi_id"], row["period"]): row["actual"]
        for row in scored.to_dict("records")
    }
    for row in rows:
        value = found[row["employee_id"], row["kpi_id"], row["period"]]
        if value is None:
            setting.rows["kpi_actual"].remove(row)
        else:
            row["actual"] = value


def _merged(table: Table, starter: list[Row], own: list[Row]) -> list[Row]:
    """Return starter rows and the sample's own; of two with one key, the sample's counts."""
    found = {tuple(row.get(name) for name in table.primary_key): row for row in starter}
    found.update({tuple(row.get(name) for name in table.primary_key): row for row in own})
    return list(found.values())
