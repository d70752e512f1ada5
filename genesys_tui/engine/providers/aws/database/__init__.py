"""Kinds of the section `database`."""
