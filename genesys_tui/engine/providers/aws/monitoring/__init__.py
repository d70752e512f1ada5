"""Kinds of the section `monitoring`."""
