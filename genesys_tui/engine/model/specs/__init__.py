"""The universal specs, one file a kind."""
