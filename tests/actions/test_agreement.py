"""On a whole company, the public ``frictionless`` tool finds what our column checks find."""

from __future__ import annotations

from collections import Counter

import pytest

from sheetsales.cli.demo import make_company
from sheetsales.cli.options import Run
from tests.tables.test_datapackage import KINDS, ours, theirs


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agreement") / "acme"
    return make_company(Run(quiet=True, lang="zh-Hant"), folder, "zh-Hant", 3)


@pytest.mark.long
def test_frictionless_agrees_on_the_demo_company(company, tmp_path):
    mine = ours(company.tables)
    assert mine == theirs(company.tables, tmp_path)


def test_the_demo_company_holds_two_errors_of_every_kind_of_column_rule(company):
    kinds = Counter(kind for _, _, _, kind in ours(company.tables))
    assert set(kinds) >= set(KINDS.values()) - {"maxLength"}
    assert min(kinds.values()) >= 2
