"""The commands of `genesys function`."""
