"""The only room that knows the order of the others: a door asks for one of these and shows it."""
