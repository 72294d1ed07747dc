"""The use cases of every interface: each file does one thing with the packages above it."""
