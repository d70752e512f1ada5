"""Functions run on this machine as Lambda would run them."""
