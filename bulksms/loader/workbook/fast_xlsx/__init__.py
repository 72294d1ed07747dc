"""Reads large plain workbooks of the xlsx kind in one pass, as many bytes at a time as it can.

It gives the same as the library reader in `workbook`, or it gives up: whatever is not plain enough
to be sure of is `NotPlain`, and the library reads the file from its beginning. Single cells that
are not plain are shown to the library in a small workbook of their own.
"""
