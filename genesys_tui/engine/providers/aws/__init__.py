"""AWS: the session that talks to it, and a file a kind."""
