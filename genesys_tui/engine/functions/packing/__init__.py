"""What code and its dependencies become: zips and layers."""
