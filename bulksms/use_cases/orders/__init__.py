"""Orders of a person about an existing campaign: pause, stop, retry, settle a doubt."""
