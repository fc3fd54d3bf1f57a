"""Vendor words in, ours out: one module for each library or service behind a port."""
