"""From files, rules and a text to a plan: everything that is known before sending."""
