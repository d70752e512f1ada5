"""What the README shows and is made by a script."""
