"""The numbers that are never texted, and the effect of a new one on campaigns already begun."""
