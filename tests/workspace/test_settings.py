from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from sheetsales.errors import WorkspaceError
from sheetsales.workspace.settings import Settings, read_settings


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sheetsales.toml"


@profile(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.builds(
        Settings,
        company=st.text(),
        locale=st.sampled_from(["zh-Hant", "zh-Hans", "en"]),
        fiscal_start_month=st.integers(1, 12),
        as_of=st.none() | st.dates(),
    )
)
def test_what_is_written_is_read(path, written):
    path.write_text(written.to_toml(), encoding="utf-8", newline="\n")
    assert read_settings(path) == written


def test_only_the_company_has_to_be_said(path):
    path.write_text('company = "A"', encoding="utf-8")
    assert read_settings(path) == Settings("A", "zh-Hant", "TWD", 1, None)


def test_a_date_of_reference_is_a_date(path):
    path.write_text('company = "A"\nas_of = 2026-09-30', encoding="utf-8")
    assert read_settings(path).as_of == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("company = ", "settings-broken", None),
        ('company = "A"\ncolour = 1', "settings-unknown", "colour"),
        ("", "settings-value", "company"),
        ("company = 1", "settings-value", "company"),
        ('company = "A"\nlocale = "fr"', "settings-value", "locale"),
        ('company = "A"\ncurrency = 7', "settings-value", "currency"),
        ('company = "A"\nfiscal_start_month = 13', "settings-value", "fiscal_start_month"),
        ('company = "A"\nas_of = "2026-09-30"', "settings-value", "as_of"),
        ('company = "A"\nas_of = 2026-09-30T00:00:00', "settings-value", "as_of"),
    ],
)
def test_what_may_not_be_said_is_named(path, text, code, key):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError) as refused:
        read_settings(path)
    assert refused.value.code == code
    assert refused.value.arguments.get("key") == key
