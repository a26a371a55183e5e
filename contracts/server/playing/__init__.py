"""What the suite does to a server: tours of calls, payloads, and lives that Hypothesis plays."""
