"""The virtual try-on studio: fit a garment photo on a person photo, step by step."""

__version__ = "0.1.0"
