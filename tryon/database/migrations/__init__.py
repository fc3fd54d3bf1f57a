"""Changes of the tables, one file each; `tryon/database/sql.py` says how to add one."""
