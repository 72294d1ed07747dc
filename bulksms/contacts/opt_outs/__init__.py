"""Who must never be texted, however they say no: on a list, in a reply, in a column of consent."""
