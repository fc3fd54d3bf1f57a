"""The one SQL database that several packages keep tables in."""
