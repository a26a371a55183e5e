"""Hypothesis strategies for those who test a client: plans of what goes wrong."""

from contracts.strategies.fault_plans import fault_plans

__all__ = ["fault_plans"]
