"""Pure: desired, remembered and actual become a plan."""
