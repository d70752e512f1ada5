"""Kinds of the section `serverless`."""
