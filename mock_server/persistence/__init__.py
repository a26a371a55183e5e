"""The journal as a file: every change of the fake's state a line, and the state again out of the lines."""
