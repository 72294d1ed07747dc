"""HTML pages and their languages: one style sheet, one catalogue, templates that escape all."""
