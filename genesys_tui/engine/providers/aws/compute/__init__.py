"""Kinds of the section `compute`."""
