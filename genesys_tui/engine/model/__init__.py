"""The records that every room speaks. No I/O, and no import from another room."""
