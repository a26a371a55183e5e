"""Tours of calls that are the same in every run: each looks for the mistakes that one area of the API can have."""
