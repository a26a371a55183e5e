"""The contract as data: vendored model schemas, the shapes of the API's answers, and the ledger.

Nothing here knows the fake or the harness; both read the contract from here.
"""

__version__ = "0.1.0"
