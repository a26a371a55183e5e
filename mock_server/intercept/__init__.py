"""``serve --intercept``: programs that have the vendor's hosts hard-coded reach the fake."""
