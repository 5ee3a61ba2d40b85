"""The line that loads the functions: the file it belongs in, and its marked block there."""
