"""Records as text for people. Everything here is pure."""
