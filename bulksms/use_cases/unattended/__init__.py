"""A saved campaign, run without a person: its lists, its rules, its approval, its runs."""
