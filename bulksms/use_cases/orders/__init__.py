"""What a person orders about a campaign that exists: pause, stop, retry, settle a doubt."""
