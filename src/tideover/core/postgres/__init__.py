"""The database server: the embedded one, its home folder, its two roles, and how to reach any other."""
