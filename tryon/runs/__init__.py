"""Try-ons of the command line: one into one folder, or many from a table."""
