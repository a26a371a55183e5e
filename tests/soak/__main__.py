"""``python -m tests.soak --seconds 600 --connections 64 --seed 1``: exits 1 where a promise is broken."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict

from tests.soak.run import Plan, soak

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    report = soak(Plan(given.connections, given.seed, seconds=given.seconds))
    sys.stdout.write(json.dumps({"seed": given.seed, **asdict(report)}, indent=2) + "\n")
    sys.exit(1 if report.problems else 0)
