from __future__ import annotations

from datetime import date

import pytest

from sheetsales.contexts.base import field_paths
from sheetsales.contexts.score_card import (
    Person,
    ScoreCard,
    build_score_card,
    select_score_cards,
)
from sheetsales.contexts.score_lines import KpiLine, RaterLine
from sheetsales.errors import SheetsalesError
from sheetsales.schema import load_regulation
from tests.contexts.office import AS_OF, LOCALES, office, template, unshown

KEY = "CY-000001/E-000003"
CYCLE = {
    "cycle_id": "CY-000001",
    "name": "2026年第1季考核",
    "start_on": date(2026, 1, 1),
    "end_on": date(2026, 3, 31),
    "w_performance": 60.0,
    "w_attitude": 25.0,
    "w_service": 15.0,
    "state": "appeal",
}
APPRAISAL = {
    "cycle_id": "CY-000001",
    "employee_id": "E-000003",
    "manager_comment": "本季銷售額與新客戶開發均超標，建議加強交付前的數量確認。",
    "employee_comment": "同意，將於下季改進。",
    "appeal": "none",
    "state": "shared",
}
REACHED = {
    "E-000003": {"SALES": (1_200_000, 1_250_000), "QTY": (1000, 900), "NEWCUST": (10, 13)},
    "E-000004": {"SALES": (1_000_000, 970_000)},
    "E-000005": {"SALES": (1_000_000, 970_000)},
    "E-000008": {"SALES": (1_000_000, 880_000)},
    "E-000009": {"SALES": (1_000_000, 700_000)},
}
RATED = {
    ("E-000002", "supervisor"): (4, 5, 4),
    ("E-000004", "peer"): (5, 4, 3),
    ("E-000005", "peer"): (4, 4, 4),
}


def _scheme(method="mixed"):
    weights = {"SALES": 50.0, "QTY": 30.0, "NEWCUST": 20.0}
    return [
        {
            "scheme_id": "REP-2026",
            "position_id": "P-000001",
            "kpi_id": kpi,
            "weight_pct": weight,
            "method": method,
            "alpha": 0.7,
            "valid_from": date(2026, 1, 1),
        }
        for kpi, weight in weights.items()
    ]


def _figures(reached):
    targets, actuals = [], []
    for employee, kpis in reached.items():
        for kpi, (target, actual) in kpis.items():
            same = {"kpi_id": kpi, "period": "202601"}
            key = f"T-{len(targets) + 1:06d}"
            subject = {"subject_type": "employee", "subject_id": employee, "plan_id": "SP-000001"}
            targets.append({**same, **subject, "target_id": key, "target_value": float(target)})
            if actual is not None:
                actuals.append({**same, "employee_id": employee, "actual": float(actual)})
    csat = {"employee_id": "E-000003", "kpi_id": "CSAT", "period": "202601", "actual": 83.4}
    return targets, [*actuals, csat]


def _ratings(rated):
    return [
        {
            "cycle_id": "CY-000001",
            "employee_id": "E-000003",
            "rater_id": rater,
            "rater_type": relation,
            "item_id": f"AI-{number:06d}",
            "rating": rating,
        }
        for (rater, relation), ratings in rated.items()
        for number, rating in enumerate(ratings, start=1)
    ]


def _build(locale="zh-Hant", *, reached=None, rated=None, key=KEY, **rows) -> ScoreCard:
    return build_score_card(
        _office(reached=reached, rated=rated, **rows),
        key,
        regulation=load_regulation(),
        locale=locale,
        as_of=AS_OF,
        document_no="DOC-000123",
    )


def _office(*, reached=None, rated=None, **rows):
    targets, actuals = _figures(REACHED if reached is None else reached)
    given = {
        "cycle": [CYCLE],
        "appraisal": [APPRAISAL],
        "kpi_scheme": _scheme(),
        "sales_plan": [{"plan_id": "SP-000001", "state": "executing"}],
        "target": targets,
        "kpi_actual": actuals,
        "attitude_rating": _ratings(RATED if rated is None else rated),
    }
    return office(**{**given, **rows})


def test_the_card_says_who_and_when():
    card = _build()
    assert card.person == Person(
        name="陳怡君",
        employee_id="E-000003",
        unit="北區銷售組",
        position="銷售代表",
        level="專員",
        supervisor="林志明",
        approver="王建國",
    )
    assert card.period == "2026年1月1日至2026年3月31日"
    assert (card.cycle, card.state) == ("2026年第1季考核", "已面談")


def test_total_grade_and_rank_are_those_of_the_worked_example():
    result = _build().result
    assert (result.total, result.grade, result.rank) == ("95.10", "A 優", "1 / 5")


def test_an_indicator_shows_what_it_adds_to_the_performance():
    line = _build().performance.kpis[0]
    assert line == KpiLine(
        "銷售額（元）", "1,200,000", "1,250,000", "104.17%", "104.17", "50%", "52.08"
    )


def test_figures_have_at_most_two_decimals():
    kpis = {**REACHED["E-000003"], "SALES": (90, 56.2237)}
    assert _build(reached={**REACHED, "E-000003": kpis}).performance.kpis[0].actual == "56.22"


def test_performance_is_shown_by_both_methods():
    shown = _build().performance
    assert (shown.attainment, shown.rank_score, shown.score) == ("103.08", "100.00", "102.16")
    assert (shown.method, shown.alpha, shown.weight) == ("混合", "0.7", "100%")
    assert shown.formula == "0.7 × 103.08 + 0.3 × 100.00 = 102.16"


@pytest.mark.parametrize(
    ("method", "formula"),
    [
        ("attainment", "103.08 is the performance score"),
        ("ranking", "100.00 is the performance score"),
    ],
)
def test_a_single_method_needs_no_blend(method, formula):
    shown = _build("en", kpi_scheme=_scheme(method)).performance
    assert (shown.formula, shown.alpha) == (formula, "—")


def test_an_indicator_without_actual_says_why_and_leaves_its_weight_to_the_others():
    kpis = {**REACHED["E-000003"], "NEWCUST": (10, None)}
    shown = _build(reached={**REACHED, "E-000003": kpis}).performance
    assert shown.kpis[2].score == shown.kpis[2].weighted == "—"
    assert [float(line.weighted) for line in shown.kpis[:2]] == [65.10, 33.75]
    assert shown.attainment == "98.85"
    assert len(shown.notes) == 1
    assert shown.notes[0].startswith("新客戶數：")


def test_attitude_is_shown_by_relation_and_item():
    shown = _build().attitude
    first = shown.lines[0]
    assert (first.supervisor, first.peer, first.self_rating) == ("4.00", "4.50", "—")
    assert first.behavior == "主動尋找銷售機會，主動解決銷售難題"
    assert shown.raters[1] == RaterLine("同儕", "2", "30%", "81.50", "")
    assert (shown.raters[2].count, shown.raters[2].score) == ("0", "—")
    assert shown.raters[2].remark
    assert (shown.score, shown.formula) == ("85.17", "(0.6 × 87.00 + 0.3 × 81.50) ÷ 0.9 = 85.17")


def test_too_few_peers_are_neither_counted_nor_shown():
    shown = _build(rated={("E-000004", "peer"): (5, 4, 3)}).attitude
    assert (shown.raters[1].count, shown.raters[1].score) == ("1", "—")
    assert {line.peer for line in shown.lines} == {"—"}
    assert shown.score == "—"
    assert shown.formula == shown.raters[0].remark


def test_the_total_shows_its_parts():
    total = _build().total
    assert [part.weighted for part in total.parts] == ["61.30", "21.29", "12.51"]
    assert total.formula == ("(60 × 102.16 + 25 × 85.17 + 15 × 83.40) ÷ 100 + 0.00 = 95.10")
    assert total.parts[2].remark == "客戶滿意度實績 1 筆之平均"
    assert total.scale == "A ≥ 90，B ≥ 80，C ≥ 70，D ≥ 60，E < 60"


@pytest.mark.parametrize(
    ("wanted", "given", "remark", "score"),
    [
        (None, "0.00", "none asked for", "95.10"),
        (2.5, "2.50", "approved for market conditions", "97.60"),
        (-8.0, "-5.00", "asked for -8.00, limited to the cap", "90.10"),
    ],
)
def test_a_market_adjustment_is_shown_with_its_limit(wanted, given, remark, score):
    total = _build("en", appraisal=[{**APPRAISAL, "market_adj": wanted}]).total
    assert (total.adjustment, total.remark, total.score) == (given, remark, score)


def test_a_total_beyond_the_cap_says_so():
    reached = {"E-000003": {"SALES": (1, 9), "QTY": (1, 9), "NEWCUST": (1, 9)}}
    cycle = {**CYCLE, "w_performance": 100.0, "w_attitude": 0.0, "w_service": 0.0}
    row = {**APPRAISAL, "market_adj": 5.0}
    total = _build(
        reached=reached, cycle=[cycle], appraisal=[row], kpi_scheme=_scheme("attainment")
    ).total
    assert (total.score, total.formula[-11:]) == ("120.00", "（以 120.00 為限）"[-11:])


def test_a_final_appraisal_keeps_its_sealed_scores():
    row = {**APPRAISAL, "state": "final", "total": 94.5, "grade": "B"}
    card = _build(appraisal=[row])
    assert (card.result.total, card.result.grade) == ("94.50", "B 良")
    assert card.result.seal_note == "本考核已定稿，總分為 94.50；依現有資料重算為 95.10。"
    assert card.total.score == "95.10"


def test_a_final_appraisal_that_reads_the_same_needs_no_note():
    card = _build(appraisal=[{**APPRAISAL, "state": "final", "total": 95.1001, "grade": "A"}])
    assert card.result.seal_note == ""


def test_nothing_recorded_gives_dashes_and_reasons():
    card = _build(reached={}, rated={}, kpi_scheme=[], kpi_actual=[])
    assert (card.result.total, card.result.grade, card.result.rank) == ("—", "—", "—")
    assert (card.performance.method, card.performance.alpha) == ("—", "—")
    assert card.performance.formula not in {"", "—"}
    assert card.total.formula not in {"", "—"}


def test_working_days_of_appeal_skip_the_weekend():
    appeal = _build().appeal
    assert (appeal.state, appeal.days, appeal.until) == ("無", "5", "2026年4月17日")


def test_an_unknown_appraisal_is_refused():
    with pytest.raises(SheetsalesError) as caught:
        _build(key="CY-000001/E-000009")
    assert caught.value.code == "document-subject"


def test_a_batch_makes_the_cards_of_the_last_cycle_that_ended():
    running = {**CYCLE, "cycle_id": "CY-000002", "start_on": date(2026, 4, 1)}
    running["end_on"] = date(2026, 6, 30)
    later = {**APPRAISAL, "cycle_id": "CY-000002"}
    tables = _office(cycle=[CYCLE, running], appraisal=[APPRAISAL, later])
    assert select_score_cards(tables, as_of=AS_OF) == (KEY,)
    assert select_score_cards(tables, as_of=date(2026, 7, 1)) == ("CY-000002/E-000003",)
    assert select_score_cards(tables, as_of=date(2026, 2, 1)) == (KEY,)
    assert select_score_cards(tables, as_of=date(2025, 12, 1)) == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_template_shows_exactly_the_fields(locale):
    paths = field_paths(ScoreCard)
    found = template("score_card", locale).check(paths)
    assert [problem for problem in found if problem.severity != "info"] == []
    assert unshown("score_card", locale, paths) == set()
