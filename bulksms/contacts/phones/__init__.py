"""From a cell to a number in E.164, or to the reason why it is none to be texted."""
