"""The thin skin between HTTP and the service. Starlette lives here and in ``app.py`` alone."""
