"""One command a file: its attribute `command`. Loaded when used; the engine is imported only when it runs."""
