"""The options of the commands, and the requests they are made into."""
