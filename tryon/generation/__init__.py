"""Stage 6: the final picture. What is asked for, what may change, what is checked afterwards."""
