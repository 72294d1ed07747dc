"""What a door can ask for: each file does one thing with the rooms above it, in their order."""
