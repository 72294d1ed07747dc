"""Reads large plain worksheets many bytes at a time, with the cell texts of the tag reader.

It gives up, with `NotSimpleXml`, where the XML is not of the simple shape that programs write.
"""
