"""Forms of the journals."""
