"""Stand-ins for what is slow."""
