"""HTML pages: one style sheet, one catalogue of sentences, and templates that escape everything."""

from bulksms.pages.catalogue import Catalogue
from bulksms.pages.templates import render, style_sheet

__all__ = ["Catalogue", "render", "style_sheet"]
