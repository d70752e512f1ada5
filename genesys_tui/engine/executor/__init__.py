"""Runs a plan: order, waiting, recovery, journal."""
