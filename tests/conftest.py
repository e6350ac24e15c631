"""Which tests run in one process when several run side by side."""

import pytest


def pytest_collection_modifyitems(items):
    """Keep a file together, and all tests that read the one finished run, which takes minutes."""
    for item in items:
        group = "finished run" if "finished" in item.fixturenames else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
