"""`python -m dfd_core` is the `dfd` command."""

from dfd_core.cli.main import main

raise SystemExit(main())
