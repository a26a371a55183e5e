"""The benchmark: what the fake costs beside a bare ASGI application on the same server, in one run."""
