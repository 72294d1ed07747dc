"""A cell becomes a phone number in E.164, or the reason why it cannot be texted."""
