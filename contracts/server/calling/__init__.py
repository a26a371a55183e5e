"""How the suite calls a server: connections, targets, tokens, limits, and sessions that make the calls."""
