"""Contexts: what one document shows, built from tables and scored tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sheetsales.contexts.audit_report import (
    AuditReport,
    build_audit_report,
    select_audit_reports,
)
from sheetsales.contexts.base import field_paths
from sheetsales.contexts.customer_card import (
    CustomerCard,
    build_customer_card,
    select_customer_cards,
)
from sheetsales.contexts.sales_contract import (
    SalesContract,
    build_sales_contract,
    select_sales_contracts,
)
from sheetsales.contexts.score_card import ScoreCard, build_score_card, select_score_cards
from sheetsales.contexts.target_letter import (
    TargetLetter,
    build_target_letter,
    select_target_letters,
)
from sheetsales.contexts.training_plan import (
    TrainingPlan,
    build_training_plan,
    select_training_plans,
)
from sheetsales.schema import Regulation
from sheetsales.tables import Frames

__all__ = ["KINDS", "Builder", "Kind", "field_paths", "keys_of"]


class Builder(Protocol):
    """Builds the context of one document: a frozen dataclass of texts."""

    def __call__(
        self,
        tables: Frames,
        key: str,
        *,
        regulation: Regulation,
        locale: str,
        as_of: date,
        document_no: str,
    ) -> Any:
        """Return the context of the document about a key.

        Raises:
            SheetsalesError: there is no such row.
        """
        ...


class Selection(Protocol):
    """Chooses the records of a batch."""

    def __call__(self, tables: Frames, *, as_of: date) -> tuple[str, ...]:
        """Return one-line keys in order."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: the shape of its context, how one is built, which there are.

    Attributes:
        shape: dataclass of the context.
        build: builds the context of one key.
        select: keys of a batch.
    """

    shape: type
    build: Builder
    select: Selection


KINDS: Mapping[str, Kind] = {
    "sales_contract": Kind(SalesContract, build_sales_contract, select_sales_contracts),
    "target_letter": Kind(TargetLetter, build_target_letter, select_target_letters),
    "customer_card": Kind(CustomerCard, build_customer_card, select_customer_cards),
    "score_card": Kind(ScoreCard, build_score_card, select_score_cards),
    "training_plan": Kind(TrainingPlan, build_training_plan, select_training_plans),
    "audit_report": Kind(AuditReport, build_audit_report, select_audit_reports),
}
"""All kinds by name, the names of ``documents.toml``."""


def keys_of(kind: str, tables: Frames, *, as_of: date) -> tuple[str, ...]:
    """Return the keys of the documents that a batch of a kind makes."""
    return KINDS[kind].select(tables, as_of=as_of)
