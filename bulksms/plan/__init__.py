"""From files, rules and a text to a plan: everything there is to know before sending."""
