"""Changes of the tables, one file each; `tryon/database.py` says how to add one."""
