"""The application of `evenkeel demo`: with hints on its first page, and with GraphiQL."""

from pathlib import Path
from urllib.parse import urlsplit

from api.demo.data_folder import DEMO_FILE, read_demo
from api.settings import read_settings
from api.startup import start
from api.web.developer_pages import DemoHints


def demo_hints(folder: Path) -> DemoHints:
    """Return the hints for the first page of the demo in `folder`, without passwords and secrets."""
    demo = read_demo(folder)
    return DemoHints(
        sign_in_path=urlsplit(demo["sign_in_url"]).path,
        usernames=tuple(person["username"] for person in demo["people"]),
        secrets_file=str(folder / DEMO_FILE),
    )


app = start(demo_hints(read_settings().data))
