"""The version, at once: read here rather than by importlib.metadata, which alone takes some 90 ms."""

VERSION = "0.1.0"
