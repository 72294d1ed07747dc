"""The numbers that are never texted, and what a new one changes in campaigns already begun."""
