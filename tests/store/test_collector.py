from __future__ import annotations

import gc

import pytest

from sheetsales.store.collector import paused_collector


def test_the_collector_pauses_and_goes_on_even_after_an_error() -> None:
    @paused_collector()
    def fail() -> None:
        raise KeyError(gc.isenabled())

    with pytest.raises(KeyError, match="False"):
        fail()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with paused_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
