"""What a cloud is: the registry of kinds, and a folder a cloud."""
