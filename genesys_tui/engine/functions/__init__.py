"""Lambda functions on this machine: langpacks, layers, artifacts, the watch loop and the local runtime."""
