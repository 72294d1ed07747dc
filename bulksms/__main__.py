"""`python -m bulksms` is `bulksms`."""

from bulksms.cli import main

if __name__ == "__main__":
    main()
