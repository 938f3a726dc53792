"""`python -m backend`: the command line where no `doorstep` script is installed."""

from backend.cli import main

if __name__ == "__main__":
    main()
