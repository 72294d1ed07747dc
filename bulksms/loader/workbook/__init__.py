"""Spreadsheet workbooks, read in a child process: displayed values and hidden cells."""
