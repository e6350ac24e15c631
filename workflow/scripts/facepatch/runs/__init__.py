"""Runs as a whole: how far one has come, what it cost, what it was made from."""
