"""Where code is built: on this machine, or in a container that is like the target."""
