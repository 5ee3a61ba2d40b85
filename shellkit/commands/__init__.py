"""One module per command, each thin: parse, call, print."""
