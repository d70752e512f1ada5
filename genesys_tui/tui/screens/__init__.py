"""The screens: a mode each, and the pages and questions that lie over them. Each has its style beside it."""
