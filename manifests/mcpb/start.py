"""What a host of MCP bundles starts: `postroom mcp`, with the arguments of manifest.json."""

import sys

from postroom.cli.main import run

sys.exit(run(["mcp", *sys.argv[1:]]))
