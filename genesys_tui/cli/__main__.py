"""`python -m genesys_tui.cli` is `genesys`."""

import sys

from genesys_tui.cli.main import main

sys.exit(main())
