from __future__ import annotations

from datetime import date
from functools import lru_cache

import pandas as pd
import pytest

from sheetsales.errors import ScoreError
from sheetsales.locale.messages import Messages
from sheetsales.sample import build_sample
from sheetsales.schema import load_regulation
from sheetsales.scores import SCORES, Params, ScoreResult, recompute, score_tables, with_result
from sheetsales.scores.columns import rows
from sheetsales.scores.derivation import recompute_component
from sheetsales.scores.registry import NOT_SCORED
from sheetsales.starter import load_starter
from sheetsales.tables import Frames, build_frame, row_keys
from tests.builders import frames
from tests.scores.world import actual, params, people, sale, shipped

AS_OF = date(2026, 10, 15)
REGULATION = load_regulation()


@lru_cache(maxsize=1)
def _company() -> tuple[Frames, Params]:
    starter = load_starter("zh-Hant")
    sample = build_sample(REGULATION, starter, seed=7, as_of=AS_OF, locale="zh-Hant", planted=False)
    tables = {
        name: build_frame(table, [*starter.get(name, ()), *sample.rows.get(name, ())])
        for name, table in REGULATION.tables.items()
    }
    return tables, Params.of(tables, AS_OF)


@lru_cache(maxsize=1)
def _branch() -> tuple[Frames, Params]:
    """The same company with the orders and contracts of a tenth of its customers."""
    whole, chosen = _company()
    customers = set(whole["customer"]["customer_id"][:24])
    orders = whole["order"][whole["order"]["customer_id"].isin(customers)]
    tables = dict(whole, order=orders)
    for name in ("order_line", "order_credit", "receipt"):
        tables[name] = whole[name][whole[name]["order_id"].isin(set(orders["order_id"]))]
    for name in ("contract_line", "milestone"):
        tables[name] = whole[name][whole[name]["contract_id"].isin(set(orders["contract_id"]))]
    return {name: frame.reset_index(drop=True) for name, frame in tables.items()}, chosen


@lru_cache(maxsize=1)
def _scored() -> tuple[dict[str, ScoreResult], Frames]:
    results, after = score_tables(*_branch(), as_of=AS_OF)
    return {result.name: result for result in results}, after


def test_every_computed_field_is_written_by_a_score_or_known_not_to_be() -> None:
    written = {(score.table, name) for score in SCORES.values() for name in score.writes}
    excepted = {(table, name) for table, names in NOT_SCORED.items() for name in names}
    computed = {
        (table.name, name) for table in REGULATION.tables.values() for name in table.computed
    }
    assert computed == (written - {("kpi_actual", "actual")}) | excepted
    assert not written & excepted


@pytest.mark.parametrize("name", SCORES)
def test_a_score_names_fields_of_its_table(name: str) -> None:
    score = SCORES[name]
    table = REGULATION.tables[score.table]
    assert score.keys == table.primary_key
    assert {*score.writes, *(score.new_row or {})} <= set(table.names)


@pytest.mark.parametrize("locale", ["zh-Hant", "en"])
@pytest.mark.parametrize("name", SCORES)
def test_a_score_has_a_title(name: str, locale: str) -> None:
    title = SCORES[name].title
    assert Messages.load(locale).text(title) != title


@pytest.mark.parametrize("name", SCORES)
def test_a_score_gives_one_row_per_key_and_a_reason_for_every_missing_value(name: str) -> None:
    result = _scored()[0][name]
    frame = result.frame
    assert len(frame)
    assert not frame.duplicated(list(result.keys)).any()
    main = result.writes[0] if result.writes else "is_alert"
    without = frame[frame[main].map(lambda value: value is None)]
    assert without["reason"].map(bool).all()


@pytest.mark.parametrize("name", SCORES)
def test_explanations_fold_to_what_the_score_says(name: str) -> None:
    score, result = SCORES[name], _scored()[0][name]
    tables, chosen = _branch()
    before = tables if name in {"appraisal", "alerts", "customers"} else _scored()[1]
    step = max(1, len(result.frame) // 4)
    fresh = score.score(before, chosen, as_of=AS_OF)
    for row in fresh.iloc[::step].to_dict("records"):
        key = "/".join(_key_part(row[part]) for part in score.keys)
        derivation = score.explain(before, chosen, key, as_of=AS_OF)
        assert derivation.key == key
        assert recompute(derivation) == derivation.value
        for node in derivation.fields:
            assert recompute_component(node) == node.value == row[node.name], node.name
        assert {node.name for node in derivation.fields} >= set(score.writes)


def _key_part(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.parametrize("name", SCORES)
def test_every_reason_has_a_text(name: str) -> None:
    frame = _scored()[0][name].frame
    codes = set(frame["no_value" if name == "classes" else "reason"]) - {""}
    for locale in ("zh-Hant", "en"):
        assert {code for code in codes if Messages.load(locale).reason(code) == code} == set()


def test_scoring_again_changes_nothing() -> None:
    results, after = _scored()
    again, _ = score_tables(after, _branch()[1], as_of=AS_OF)
    for result in again:
        assert result.updates(after[result.table]) == {}, result.name
        assert result.additions(after[result.table]) == []
    assert set(results) == set(SCORES)


def test_frames_keep_their_columns_and_types() -> None:
    before, after = _branch()[0], _scored()[1]
    for name, frame in after.items():
        assert list(frame.dtypes.items()) == list(before[name].dtypes.items()), name


def test_keys_stay_unique() -> None:
    for name, frame in _scored()[1].items():
        keys = [key for key in row_keys(REGULATION.tables[name], frame) if key]
        assert len(keys) == len(set(keys)) or name in {"company", "org_unit", "position"}, name


def test_the_given_frames_stay_as_they_are() -> None:
    assert _branch()[0]["order"]["total"].isna().all()


def test_wanted_scores_run_in_their_order() -> None:
    results, _ = score_tables(frames(), params(), as_of=AS_OF, names=["alerts", "orders"])
    assert [result.name for result in results] == ["orders", "alerts"]


def test_an_override_ends_once_the_next_classification_is_stored() -> None:
    starter = {name: shipped(name) for name in ("class_rule", "param")}
    overridden = {
        "customer_id": "C-000001",
        "as_of": date(2026, 9, 30),
        "override_class": "low",
        "approved_by": "E-000001",
    }
    tables = frames(
        class_result=[overridden],
        customer=[{"customer_id": "C-000001"}],
        **sale(1, AS_OF, (1, 2_000_000)),
        **starter,
    )
    wanted = ("customers", "classes")
    _, after = score_tables(tables, params(), as_of=AS_OF, names=wanted)
    assert list(after["customer"]["value_class"]) == ["low"]
    assert len(after["class_result"]) == 2
    _, later = score_tables(after, params(), as_of=AS_OF, names=wanted)
    assert list(later["customer"]["value_class"]) == ["high"]


def test_an_unknown_score_is_refused() -> None:
    with pytest.raises(ScoreError, match="score-unknown"):
        score_tables(frames(), params(), as_of=AS_OF, names=["luck"])


def _actuals(*stored: dict[str, object]) -> tuple[ScoreResult, Frames]:
    tables = frames(kpi=shipped("kpi"), kpi_actual=stored, **people("E-000001"))
    return SCORES["actuals"].result(tables, params(), as_of=AS_OF), tables


def test_changed_rows_are_updates_and_equal_ones_are_not() -> None:
    result, tables = _actuals(
        actual("E-000001", "SALES", "202603", 9), actual("E-000001", "QTY", "202603", 0)
    )
    assert result.updates(tables["kpi_actual"]) == {"E-000001/SALES/202603": {"actual": 0}}
    assert list(with_result(tables, result)["kpi_actual"]["actual"]) == [0, 0]


def test_frozen_rows_are_not_updated() -> None:
    result, tables = _actuals(actual("E-000001", "SALES", "202603", 9, locked=True))
    assert result.updates(tables["kpi_actual"]) == {}
    assert list(with_result(tables, result)["kpi_actual"]["actual"]) == [9]


def test_rows_that_the_table_lacks_are_added_with_their_other_fields() -> None:
    result, tables = _actuals(actual("E-000001", "SALES", "202603", 9))
    empty = frames()["kpi_actual"]
    assert result.additions(empty) == [
        {
            "employee_id": "E-000001",
            "kpi_id": "SALES",
            "period": "202603",
            "actual": 0,
            "source": "computed",
            "locked": False,
        }
    ]
    added = with_result({**tables, "kpi_actual": empty}, result)["kpi_actual"]
    assert list(rows(added, "kpi_id", "actual", "locked")) == [("SALES", 0, False)]


def test_rows_without_value_are_not_added() -> None:
    result, _ = _actuals(actual("E-000001", "SALES", "202701", None))
    assert result.additions(frames()["kpi_actual"]) == []


def test_a_score_that_adds_no_rows_adds_none() -> None:
    result = ScoreResult("x", "order", ("order_id",), ("total",), pd.DataFrame())
    assert result.additions(frames()["order"]) == []
