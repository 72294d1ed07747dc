"""CSV, TSV and text files: encodings, dialects, a fast and a strict reader that agree."""
