"""Kinds of the section `security`."""
