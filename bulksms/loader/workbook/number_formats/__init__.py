"""Number formats of spreadsheets: parsed from their codes, shown in six languages."""
