"""Safe writing of files for people: whole files, no formulas, nothing destroyed."""
