"""What the page says of errors, findings, times and texts, in the language of its reader."""
