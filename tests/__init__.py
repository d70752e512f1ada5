"""The tests. A package, so that all of them can import `tests.faults`."""
