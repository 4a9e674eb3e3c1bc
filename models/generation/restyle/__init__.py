"""The Comic Book Loss: a picture restyled towards references while it keeps showing what it should."""
