from tests.small import cli, original, small  # noqa: F401 - fixtures
