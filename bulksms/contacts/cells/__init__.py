"""What people write for a number: one cell of text, and whole columns of such cells."""
