"""Functions as container images."""
