pytest_plugins = ["postroom.testing.anyio_fixtures"]
