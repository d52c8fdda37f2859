"""One small company with a contract, targets and a year of trade, for the tests of contexts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from tests.builders import frames

AS_OF = date(2026, 3, 13)

_EMPLOYEE = {"email": "x@example.com", "login": "x", "unit_id": "U-000001", "status": "active"}
_CUSTOMER = {"customer_type": "company", "industry": "machinery", "size_band": "s3"}

ROWS: dict[str, list[dict[str, object]]] = {
    "company": [
        {
            "company_id": "C1",
            "name": "晨曦精密股份有限公司",
            "tax_id": "04595257",
            "legal_rep": "王建國",
            "address": "臺北市內湖區瑞光路 168 號 8 樓",
            "phone": "02-2790-1688",
            "bank_name": "臺灣銀行內湖分行",
            "bank_account": "012-001-234567",
            "currency": "TWD",
            "fiscal_start_month": 1,
            "locale": "zh-TW",
        }
    ],
    "org_unit": [{"unit_id": "U-000001", "name": "北區銷售一組", "unit_type": "team"}],
    "position": [
        {"position_id": "P-000001", "name": "銷售代表", "rank": 1},
        {"position_id": "P-000003", "name": "銷售經理", "rank": 3},
    ],
    "sales_level": [{"level_id": "L2", "name": "資深銷售代表", "rank": 2}],
    "territory": [{"territory_id": "TR-000001", "name": "北區"}],
    "channel": [{"channel_id": "CH-000001", "name": "直接銷售"}],
    "employee": [
        {
            **_EMPLOYEE,
            "employee_id": "E-000001",
            "name": "林志明",
            "email": "lin@morning.example",
            "position_id": "P-000003",
            "hire_date": date(2015, 7, 1),
        },
        {
            **_EMPLOYEE,
            "employee_id": "E-000004",
            "name": "陳怡君",
            "email": "chen@morning.example",
            "position_id": "P-000001",
            "level_id": "L2",
            "reports_to": "E-000001",
            "hire_date": date(2021, 3, 15),
        },
    ],
    "category": [{"category_id": "PC-000001", "name": "測量儀器"}],
    "product": [
        {
            "product_id": "PD-000001",
            "name": "三次元量測儀 CMM-500",
            "uom": "台",
            "after_sales": "保固二十四個月，到府服務；每年免費校正一次。",
        },
        {
            "product_id": "PD-000002",
            "name": "數位卡尺 DC-150",
            "uom": "支",
            "after_sales": "保固十二個月，送修七個工作日內完成。",
        },
    ],
    "customer": [
        {
            **_CUSTOMER,
            "customer_id": "C-000001",
            "name": "宏遠機械工業股份有限公司",
            "short_name": "宏遠機械",
            "tax_id": "22099131",
            "business_scope": "工具機主軸與精密零件之製造、加工與外銷。",
            "address": "新北市三重區重新路五段 609 巷 12 號",
            "phone": "02-2999-5678",
            "website": "www.hongyuan.example",
            "culture": "重視交期與現場改善",
            "source": "exhibition",
            "territory_id": "TR-000001",
            "channel_id": "CH-000001",
            "owner_id": "E-000004",
            "credit_limit": 2000000,
            "payment_terms": "net30",
            "status": "active",
            "last_contact_on": date(2026, 2, 20),
            "next_visit_due": date(2026, 3, 6),
            "is_key": True,
        },
        {
            **_CUSTOMER,
            "customer_id": "C-000002",
            "name": "宏遠三廠",
            "merged_into": "C-000001",
            "status": "blocked",
        },
        {**_CUSTOMER, "customer_id": "C-000003", "name": "新客戶", "status": "prospect"},
    ],
    "contact": [
        {
            "contact_id": "CT-000001",
            "customer_id": "C-000001",
            "name": "黃美玲",
            "title": "採購經理",
            "phone": "0912-345-678",
            "email": "huang@hongyuan.example",
            "decision_role": "buyer",
            "is_primary": True,
            "preferred_time": "週二上午",
            "consent": "yes",
            "status": "active",
        },
        {
            "contact_id": "CT-000002",
            "customer_id": "C-000001",
            "name": "張國強",
            "title": "廠長",
            "phone": "0900-000-000",
            "decision_role": "decision_maker",
            "consent": "no",
            "status": "active",
        },
    ],
    "class_result": [
        {
            "customer_id": "C-000001",
            "as_of": date(2026, 3, 1),
            "recency_days": 45,
            "frequency": 7,
            "monetary": 620000,
            "r_score": 4,
            "f_score": 4,
            "m_score": 4,
            "rfm_score": 75,
            "value_class": "high",
            "behavior_class": "frequent",
            "need_class": "standard",
            "key_suggested": True,
            "reason": "綜合分 75 達高價值門檻 70；期間訂單 7 筆",
        }
    ],
    "key_account": [
        {
            "key_id": "KA-000001",
            "customer_id": "C-000001",
            "criteria": "high_value",
            "marked_on": date(2025, 6, 1),
            "account_manager_id": "E-000004",
            "sponsor_id": "E-000001",
            "review_due": date(2026, 6, 1),
            "state": "confirmed",
        }
    ],
    "contract": [
        {
            "contract_id": "CON-000001",
            "contract_no": "SC-2026-0001",
            "contract_type": "sales",
            "title": "2026 年度測量儀器採購合同",
            "party_type": "customer",
            "party_id": "C-000001",
            "owner_id": "E-000004",
            "amount": 1250000,
            "tax_rate": 5,
            "currency": "TWD",
            "start_on": date(2026, 1, 5),
            "end_on": date(2026, 12, 31),
            "sign_method": "wet",
            "our_signer_id": "E-000001",
            "their_signer": "王大明 總經理",
            "signed_on": date(2026, 1, 5),
            "payment_terms": "簽約後 10 日內付 30%，驗收合格後 30 日內付清餘款。",
            "delivery_terms": "送達乙方三重廠區，運費與保險由甲方負擔；安裝與操作訓練各一日。",
            "special_terms": "甲方應於交付後三個月內，免費提供第二次操作人員訓練。",
            "notice_days": 60,
            "auto_renew": True,
            "confidentiality": "confidential",
            "state": "performing",
        },
        {
            "contract_id": "CON-000002",
            "contract_no": "SC-2026-0002",
            "contract_type": "framework",
            "title": "量具長期供應協議",
            "party_type": "customer",
            "party_id": "C-000003",
            "owner_id": "E-000004",
            "amount": 500,
            "tax_rate": 0,
            "currency": "USD",
            "start_on": date(2026, 3, 1),
            "sign_method": "electronic",
            "payment_terms": "月結 30 日",
            "delivery_terms": "依訂單",
            "notice_days": 60,
            "auto_renew": False,
            "confidentiality": "internal",
            "state": "draft",
            "parent_id": "CON-000001",
        },
    ],
    "contract_line": [
        {
            "contract_id": "CON-000001",
            "line_no": 2,
            "product_id": "PD-000002",
            "spec": "量程 0–150 mm，解析度 0.01 mm",
            "qty": 100,
            "price": 2500,
        },
        {
            "contract_id": "CON-000001",
            "line_no": 1,
            "product_id": "PD-000001",
            "spec": "行程 500×400×300 mm，含測頭與軟體",
            "qty": 1,
            "price": 1000000,
        },
    ],
    "milestone": [
        {
            "milestone_id": "MS-000001",
            "contract_id": "CON-000001",
            "kind": "payment",
            "due_on": date(2026, 1, 15),
            "amount": 375000,
            "owner_id": "E-000004",
            "done_on": date(2026, 1, 14),
        },
        {
            "milestone_id": "MS-000002",
            "contract_id": "CON-000001",
            "kind": "payment",
            "due_on": date(2026, 3, 10),
            "amount": 875000,
            "owner_id": "E-000004",
        },
        {
            "milestone_id": "MS-000003",
            "contract_id": "CON-000001",
            "kind": "delivery",
            "due_on": date(2026, 2, 1),
            "owner_id": "E-000004",
        },
        {
            "milestone_id": "MS-000004",
            "contract_id": "CON-000001",
            "kind": "acceptance",
            "due_on": date(2026, 2, 10),
            "owner_id": "E-000004",
        },
    ],
    "order": [
        {
            "order_id": "SO-000001",
            "customer_id": "C-000001",
            "order_on": date(2025, 5, 20),
            "currency": "TWD",
            "state": "completed",
        },
        {
            "order_id": "SO-000002",
            "customer_id": "C-000002",
            "order_on": date(2025, 8, 8),
            "currency": "TWD",
            "state": "completed",
        },
        {
            "order_id": "SO-000003",
            "customer_id": "C-000001",
            "contract_id": "CON-000001",
            "order_on": date(2026, 1, 6),
            "currency": "TWD",
            "state": "shipped",
        },
        {
            "order_id": "SO-000004",
            "customer_id": "C-000001",
            "order_on": date(2026, 2, 2),
            "currency": "TWD",
            "state": "cancelled",
        },
        {
            "order_id": "SO-000005",
            "customer_id": "C-000001",
            "order_on": date(2026, 2, 3),
            "currency": "USD",
            "state": "confirmed",
        },
    ],
    "order_line": [
        {
            "order_id": "SO-000001",
            "line_no": 1,
            "product_id": "PD-000002",
            "qty": 40,
            "price": 2500,
            "unit_cost": 1500,
            "returned_qty": 4,
        },
        {
            "order_id": "SO-000002",
            "line_no": 1,
            "product_id": "PD-000002",
            "qty": 60,
            "price": 2500,
            "unit_cost": 1500,
            "returned_qty": 0,
        },
        {
            "order_id": "SO-000003",
            "line_no": 1,
            "product_id": "PD-000001",
            "qty": 1,
            "price": 1000000,
            "unit_cost": 700000,
            "returned_qty": 0,
        },
        {
            "order_id": "SO-000003",
            "line_no": 2,
            "product_id": "PD-000002",
            "qty": 100,
            "price": 2500,
            "unit_cost": 1500,
            "returned_qty": 0,
        },
        {
            "order_id": "SO-000004",
            "line_no": 1,
            "product_id": "PD-000001",
            "qty": 9,
            "price": 1000000,
            "unit_cost": 1,
            "returned_qty": 0,
        },
    ],
    "receipt": [
        {
            "receipt_id": "RC-000001",
            "contract_id": "CON-000001",
            "order_id": "SO-000003",
            "kind": "receipt",
            "received_on": date(2026, 1, 14),
            "amount": 375000,
        },
        {
            "receipt_id": "RC-000002",
            "order_id": "SO-000001",
            "kind": "receipt",
            "received_on": date(2025, 7, 1),
            "amount": 100000,
        },
        {
            "receipt_id": "RC-000003",
            "order_id": "SO-000001",
            "kind": "refund",
            "received_on": date(2025, 9, 1),
            "amount": 10000,
        },
        {
            "receipt_id": "RC-000004",
            "order_id": "SO-000002",
            "kind": "receipt",
            "received_on": date(2026, 4, 1),
            "amount": 150000,
        },
    ],
    "strategy": [{"strategy_id": "ST-000001", "title": "深耕工具機產業，帶動量測服務"}],
    "sales_plan": [
        {
            "plan_id": "SP-000001",
            "name": "2026 年度銷售計劃",
            "period": "2026",
            "unit_id": "U-000001",
            "version": 2,
            "strategy_id": "ST-000001",
            "product_strategy": "以三次元量測儀帶動耗材與校正服務。",
            "promo_plan": "三月工具機展；每季舉辦應用研討會。",
            "assumptions": "設備投資年增 5%；匯率於 30–32 之間。",
            "state": "executing",
        },
        {
            "plan_id": "SP-000002",
            "name": "草案",
            "period": "2027",
            "unit_id": "U-000001",
            "state": "draft",
        },
    ],
    "kpi": [
        {
            "kpi_id": kpi,
            "name": name,
            "unit": unit,
            "direction": "higher",
            "formula_id": formula,
            "score_floor": 0,
            "score_cap": 120,
        }
        for kpi, name, unit, formula in (
            ("SALES", "銷售額", "元", "F09-amount"),
            ("QTY", "銷售量", "數量", "F09-qty"),
            ("PROFIT", "銷售利潤", "元", "F09-profit"),
            ("NEWCUST", "新客戶數", "家", "F09-new"),
            ("COLLECT", "回款率", "%", "F17-collect"),
        )
    ],
    "target": [
        {
            "target_id": f"TG-{number:06d}",
            "plan_id": "SP-000001",
            "subject_type": "employee",
            "subject_id": "E-000004",
            "kpi_id": kpi,
            "period": f"2026{month:02d}",
            "target_value": value + month * step,
            "stretch_value": (value + month * step) * 1.1 if kpi == "SALES" else None,
        }
        for number, (month, (kpi, value, step)) in enumerate(
            (
                (month, measure)
                for month in range(1, 13)
                for measure in (
                    ("SALES", 900000, 20000),
                    ("QTY", 300, 5),
                    ("PROFIT", 270000, 6000),
                    ("NEWCUST", 1, 0),
                    ("COLLECT", 95, 0),
                )
            ),
            start=1,
        )
    ],
    "kpi_scheme": [
        {
            "scheme_id": scheme,
            "position_id": "P-000001",
            "kpi_id": kpi,
            "weight_pct": weight,
            "method": "mixed",
            "alpha": 0.7,
            "valid_from": valid_from,
        }
        for scheme, valid_from in (("REP-2024", date(2024, 1, 1)), ("REP-2026", date(2026, 1, 1)))
        for kpi, weight in (
            ("SALES", 40),
            ("QTY", 10),
            ("PROFIT", 20),
            ("NEWCUST", 15),
            ("COLLECT", 15),
        )
    ],
    "cycle": [
        {
            "cycle_id": f"CY-{quarter:06d}",
            "name": f"2026年第{quarter}季考核",
            "start_on": date(2026, quarter * 3 - 2, 1),
            "end_on": date(2026, quarter * 3, 30),
            "w_performance": 60,
            "w_attitude": 25,
            "w_service": 15,
        }
        for quarter in range(1, 5)
    ],
    "param": [
        {"param_key": key, "value": value, "valid_from": date(2024, 1, 1)}
        for key, value in (("grade_cuts", "90;80;70;60"), ("appeal_days", "5"))
    ],
}


def scene(**changes: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the frames of the company, with fields of single rows changed.

    Args:
        changes: table name to {key of a row: {field: value}}; the key is the row's first value.
    """
    rows = copy.deepcopy(ROWS)
    for table, wanted in changes.items():
        for key, fields in wanted.items():
            for row in rows[table]:
                if next(iter(row.values())) == key or key in row.values():
                    row.update(fields)
                    break
            else:
                raise KeyError(f"{table} {key}")
    return frames(**rows)
