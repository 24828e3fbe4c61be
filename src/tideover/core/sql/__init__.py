"""SQL in files with headers, and the two engines that run it."""
