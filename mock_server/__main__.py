"""``python -m mock_server`` is ``runcomfy-mock serve``."""

from mock_server.commands import serve
from schemas.terminal import run

if __name__ == "__main__":
    run(serve, "python -m mock_server")
