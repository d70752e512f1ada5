"""What you want: words and stack files become a `Wish`."""
