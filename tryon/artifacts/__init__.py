"""The files a try-on leaves behind: made as bytes, the record of how, and where they are kept."""
