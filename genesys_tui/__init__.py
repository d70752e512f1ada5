"""Genesys: a control room for a cloud account, in the terminal."""
