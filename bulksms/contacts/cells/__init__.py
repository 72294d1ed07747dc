"""How people write numbers: one cell of text, and whole columns of such cells."""
