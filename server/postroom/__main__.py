"""`python -m postroom`: the same as the program `postroom`."""

from postroom.cli.main import main

if __name__ == "__main__":
    main()
