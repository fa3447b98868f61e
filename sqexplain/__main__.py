"""`python -m sqexplain`: the command line."""

from sqexplain.cli import main

if __name__ == "__main__":
    main()
