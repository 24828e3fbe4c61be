"""What each part takes at a size, measured in one run against its bare counterpart. ``make bench``."""
