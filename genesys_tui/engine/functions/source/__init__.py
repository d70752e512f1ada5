"""The files of a function's code, as they are now and as they were built last."""
