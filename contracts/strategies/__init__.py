"""Hypothesis strategies: payloads of any model, valid and not, sequences of calls, plans of what goes wrong."""

from contracts.strategies.boundaries import BoundaryCase, boundary_cases, boundary_payloads
from contracts.strategies.fault_plans import fault_plans
from contracts.strategies.payloads import payloads
from contracts.strategies.schema_values import CannotGenerateError
from contracts.strategies.sequences import sequences
from contracts.strategies.violations import InvalidPayload, invalid_payloads, violation_cases

__all__ = [
    "BoundaryCase",
    "CannotGenerateError",
    "InvalidPayload",
    "boundary_cases",
    "boundary_payloads",
    "fault_plans",
    "invalid_payloads",
    "payloads",
    "sequences",
    "violation_cases",
]
