pytest_plugins = ["postroom.testing.fixtures"]
