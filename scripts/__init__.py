"""Small tools for the people who work on the project."""
