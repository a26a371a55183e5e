"""The harness: an independent picture of the contract, turned on a server or on a client."""
