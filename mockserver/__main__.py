"""`python -m mockserver` is `infisical-mock`."""

from mockserver.cli.main import main

if __name__ == "__main__":
    main()
