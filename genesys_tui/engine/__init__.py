"""The product without a screen. Its one door is `workspace`."""
