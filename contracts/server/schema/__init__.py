"""Schemathesis, as the suite runs it: its configuration, its engine on our wire, and its tests for pytest."""
