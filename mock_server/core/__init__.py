"""The fake's domain: no socket, no file, no real time, no randomness but the seed's."""
