"""Kinds of the section `containers`."""
