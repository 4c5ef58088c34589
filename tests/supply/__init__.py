"""Where the packages come from: the locks, their audit, and the list of what is in the image."""
