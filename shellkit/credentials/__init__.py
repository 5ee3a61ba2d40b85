"""How an identity becomes credentials. Nothing outside this package knows a token."""
