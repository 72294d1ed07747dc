"""People who must not be texted: opt-out lists, replies that say stop, columns of consent."""
