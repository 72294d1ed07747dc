"""Posts of frames: claimed, answered, settled, and committed several at once."""
