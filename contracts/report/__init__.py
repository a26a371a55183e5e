"""What reads the events of a run and writes them down for people and for programs.

Each report is an `contracts.events.Listener` with a ``close()``: `terminal.Terminal`, `junit.Junit`,
`html.HtmlPage`, `ndjson.Ndjson`, `document.Document`. `reproduction.reproduction` makes of a trace what they show.
"""
