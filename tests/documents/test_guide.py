"""The guide from nothing to a profile does what it says, in the demo in which a reader follows it."""

import html
import re
import subprocess
import urllib.request

BLOCK = re.compile(r'<pre><code class="(sh|text)">(.*?)</code></pre>', re.DOTALL)
END = "end of the block"


def see(address: str) -> str:
    """The page at ``address``, as a browser gets it."""
    request = urllib.request.Request(address, headers={"Accept": "text/html"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        return answer.read().decode()


def test_the_commands_of_the_guide_print_what_the_guide_says(demo, tmp_path):
    address, folder = demo
    blocks = [(kind, html.unescape(text)) for kind, text in BLOCK.findall(see(f"{address}/docs/guide"))]
    commands, printed = ([text for kind, text in blocks if kind == wanted] for wanted in ("sh", "text"))
    assert [kind for kind, _ in blocks] == ["sh", "text"] * 6
    assert f"B={address}\n" in commands[0]
    (tmp_path / ".data").symlink_to(folder)
    script = "".join(f"{command}\necho {END}\n" for command in commands)
    done = subprocess.run(["bash", "-euc", script], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split(f"{END}\n") == [*printed, ""]


def test_the_demo_says_that_it_is_one_and_has_graphiql(demo):
    address, folder = demo
    page = see(f"{address}/")
    assert "This is the demo" in page
    assert str(folder / "demo.json") in page
    assert [
        name for name in ("principal", "supervisor", "teacher", "district_admin") if f"<code>{name}</code>" not in page
    ] == []
    assert "graphiql.min.js" in see(f"{address}/graphiql")
