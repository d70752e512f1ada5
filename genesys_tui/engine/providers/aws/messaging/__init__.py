"""Kinds of the section `messaging`."""
