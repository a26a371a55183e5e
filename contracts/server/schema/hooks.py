"""The hook that `fixtures/schemathesis.toml` names for the command line of schemathesis.

To import it is to register it for every schema of the process; the harness itself registers `keep_sum_rules` with its
own schema alone.
"""

from __future__ import annotations

import schemathesis

from contracts.server.schema.cases import keep_sum_rules

schemathesis.hook("map_case")(keep_sum_rules)
