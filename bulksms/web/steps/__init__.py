"""The steps of the page, one file each: what they show, and what they do when something is sent."""
