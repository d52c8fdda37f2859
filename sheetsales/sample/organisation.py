"""The sample's company, units, people and territories."""

from __future__ import annotations

from datetime import date

from sheetsales.sample.names import GIVEN, SURNAMES, TEAMS
from sheetsales.sample.setting import Row, Setting, numbered

REP, SUPERVISOR, MANAGER = "P-000001", "P-000002", "P-000003"
"""Positions of the starter rows."""
ROOT, DEPARTMENT, OFFICE, FINANCE, AUDIT = (numbered("U", n) for n in (1, 2, 6, 7, 8))
TEAM_UNITS = [numbered("U", n) for n in (3, 4, 5)]
TEAM_SIZES = (4, 3, 3)
"""Sales representatives per team; with three supervisors and a manager: 14 sales staff."""


def build_organisation(setting: Setting) -> None:
    """Add company, org_unit, employee and territory."""
    setting.add(
        "company",
        {
            "company_id": "C1",
            "name": setting.say("昇達感控股份有限公司", "Shengda Sensing & Control Co., Ltd."),
            "tax_id": "04595257",
            "legal_rep": setting.say("周明遠", "Ming-Yuan Chou"),
            "address": setting.say(
                "臺北市內湖區瑞光路 513 巷 30 號 6 樓",
                "6F., No. 30, Ln. 513, Ruiguang Rd., Neihu Dist., Taipei City",
            ),
            "phone": "02-2657-8800",
            "bank_name": setting.say("臺灣銀行內湖分行", "Bank of Taiwan, Neihu Branch"),
            "bank_account": "0450-0100-7788",
            "currency": "TWD",
            "fiscal_start_month": 1,
            "locale": "en" if setting.locale == "en" else "zh-TW",
        },
    )
    _add_units(setting)
    _add_people(setting)
    _add_territories(setting)


def sales_staff(setting: Setting) -> list[Row]:
    """Return the fourteen people who sell: manager, supervisors, representatives."""
    selling = (REP, SUPERVISOR, MANAGER)
    return [row for row in setting.rows["employee"] if row["position_id"] in selling]


def representatives(setting: Setting) -> list[Row]:
    """Return the ten sales representatives."""
    return [row for row in setting.rows["employee"] if row["position_id"] == REP]


def _add_units(setting: Setting) -> None:
    units: list[tuple[str, str, str, str | None, str]] = [
        (ROOT, setting.say("昇達感控", "Shengda Sensing & Control"), "company", None, "E-000015"),
        (DEPARTMENT, setting.say("業務部", "Sales Department"), "dept", ROOT, "E-000001"),
        *(
            (TEAM_UNITS[i], setting.say(zh, en), "team", DEPARTMENT, numbered("E", 2 + i))
            for i, (zh, en, _, _) in enumerate(TEAMS)
        ),
        (OFFICE, setting.say("銷售管理部", "Sales Administration"), "dept", ROOT, "E-000016"),
        (FINANCE, setting.say("財務部", "Finance"), "dept", ROOT, "E-000018"),
        (AUDIT, setting.say("稽核室", "Internal Audit"), "dept", ROOT, "E-000019"),
    ]
    for unit_id, name, kind, parent, manager in units:
        setting.add(
            "org_unit",
            {
                "unit_id": unit_id,
                "name": name,
                "unit_type": kind,
                "parent_unit_id": parent,
                "manager_id": manager,
                "is_active": True,
            },
        )


def _add_people(setting: Setting) -> None:
    names = _person_names(setting)
    posts: list[tuple[str, str, str | None, str | None, str]] = [
        (DEPARTMENT, MANAGER, "L5", "E-000015", "manager"),
        *((unit, SUPERVISOR, "L4", "E-000001", "supervisor") for unit in TEAM_UNITS),
    ]
    for team, size in enumerate(TEAM_SIZES):
        for member in range(size):
            rung = f"L{1 + (member + team) % 3}"
            posts.append((TEAM_UNITS[team], REP, rung, numbered("E", 2 + team), "rep"))
    office = numbered("P", 4)
    posts += [
        (ROOT, office, None, None, "exec"),
        (OFFICE, office, None, "E-000015", "sales_admin"),
        (OFFICE, office, None, "E-000016", "contract_admin"),
        (FINANCE, office, None, "E-000015", "finance"),
        (AUDIT, office, None, "E-000015", "auditor"),
        (AUDIT, office, None, "E-000019", "auditor"),
        (OFFICE, office, None, "E-000016", "hr"),
    ]
    setting.add("position", _office_position(setting, office))
    for number, (home, position, level, chief, role) in enumerate(posts, start=1):
        zh, en = names[number - 1]
        login = en.lower().replace(" ", ".").replace("-", "")
        setting.add(
            "employee",
            {
                "employee_id": numbered("E", number),
                "name": setting.say(zh, en),
                "email": f"{login}@shengda.example",
                "login": login,
                "unit_id": home,
                "position_id": position,
                "level_id": level,
                "reports_to": chief,
                "role_code": role,
                "hire_date": date(
                    setting.as_of.year - setting.random.randint(2, 12),
                    setting.random.randint(1, 12),
                    setting.random.choice([1, 15]),
                ),
                "status": "active",
            },
        )


def _office_position(setting: Setting, key: str) -> Row:
    return {
        "position_id": key,
        "name": setting.say("管理職", "Administration"),
        "rank": 1,
        "purpose": setting.say(
            "支援銷售、合同、財務與稽核作業。", "Supports sales, contracts, finance and audit."
        ),
        "qualification": setting.say(
            "溝通能力、業務知識與團隊合作。", "Communication, business knowledge and teamwork."
        ),
    }


def _person_names(setting: Setting) -> list[tuple[str, str]]:
    """Return distinct names; surname and given name drawn apart, logins must differ too."""
    found: dict[str, tuple[str, str]] = {}
    while len(found) < 21:
        surname = setting.random.choice(SURNAMES)
        given = setting.random.choice(GIVEN)
        found.setdefault(
            f"{given[1]} {surname[1]}", (surname[0] + given[0], f"{given[1]} {surname[1]}")
        )
    return list(found.values())


def _add_territories(setting: Setting) -> None:
    setting.add(
        "territory",
        {
            "territory_id": "T-000001",
            "name": setting.say("臺灣", "Taiwan"),
            "parent_id": None,
            "manager_id": "E-000001",
        },
    )
    for index, (_, _, zh, en) in enumerate(TEAMS):
        setting.add(
            "territory",
            {
                "territory_id": numbered("T", 2 + index),
                "name": setting.say(zh, en),
                "parent_id": "T-000001",
                "manager_id": numbered("E", 2 + index),
            },
        )
