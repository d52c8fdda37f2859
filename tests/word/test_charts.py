from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Literal

import pytest
from PIL import Image

from sheetsales.contexts.charts import ChartData, Series
from sheetsales.errors import TemplateError
from sheetsales.word import charts
from sheetsales.word.charts import draw_chart
from sheetsales.word.values import is_chart

Shape = Literal["bar", "line", "hbar"]


def chart(kind: Shape = "bar", *values: float | None, title: str = "各季訂單 $x^2$") -> ChartData:
    numbers = values or (1250000, None)
    names = tuple(f"第{number}季" for number in range(len(numbers)))
    return ChartData(title, names, (Series("金額", numbers), Series("毛利", numbers)), kind, "元")


@pytest.mark.parametrize("kind", ["bar", "line", "hbar"])
def test_the_same_chart_gives_the_same_picture(kind: Shape) -> None:
    data = asdict(chart(kind))
    assert is_chart(data)
    first, second = draw_chart(data), draw_chart(data)
    assert first.image == second.image
    picture = Image.open(BytesIO(first.image))
    assert picture.width / picture.height == pytest.approx(first.width_cm / first.height_cm, 0.01)


@pytest.mark.parametrize("kind", ["bar", "line", "hbar"])
def test_a_chart_drawn_before_leaves_no_trace(kind: Shape) -> None:
    first = draw_chart(asdict(chart("bar", 5, -3, None))).image
    draw_chart(asdict(chart(kind, 7, 8, title="別的")))
    assert draw_chart(asdict(chart("bar", 5, -3, None))).image == first


def test_a_chart_without_categories_is_drawn() -> None:
    assert draw_chart({**asdict(chart()), "categories": (), "series": ()}).image


def test_different_numbers_give_different_pictures() -> None:
    assert (
        draw_chart(asdict(chart("bar", 1, 2))).image != draw_chart(asdict(chart("bar", 2, 1))).image
    )


def test_a_chart_of_nothing_but_zeros_is_drawn() -> None:
    assert draw_chart(asdict(chart("bar", 0, 0))).image


def test_horizontal_bars_grow_with_their_number() -> None:
    few, many = (draw_chart(asdict(chart("hbar", *range(1, count)))) for count in (3, 9))
    assert few.height_cm < many.height_cm


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TemplateError, match="chart-kind"):
        draw_chart({**asdict(chart()), "kind": "pie"})


def test_chinese_is_never_drawn_with_a_font_that_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_installed", lambda: None)
    with pytest.raises(TemplateError, match="chart-font"):
        draw_chart(asdict(chart()))
    plain = ChartData("Sales", ("Q1",), (Series("Amount", (1,)),), "bar", "TWD")
    assert draw_chart(asdict(plain)).image
