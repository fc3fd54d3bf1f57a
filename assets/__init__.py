"""Example garments and the scripts that draw them."""
