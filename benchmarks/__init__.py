"""How fast and how big: measured, not guessed."""
