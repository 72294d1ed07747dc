"""Shows, erases and purges what the program keeps of a person."""
