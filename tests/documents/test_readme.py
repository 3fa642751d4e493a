"""The README's tour does what it says."""

import re
import subprocess
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
TOUR = re.compile(r"<!-- tour:.*?-->\n```sh\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)


def test_the_tour_of_the_readme_prints_what_the_readme_says(demo):
    address, folder = demo
    lines, said = TOUR.search(README.read_text()).groups()
    assert len(lines.strip().splitlines()) == 10
    tour = lines.replace("http://127.0.0.1:8000", address).replace(".data/demo.json", str(folder / "demo.json"))
    done = subprocess.run(["bash", "-euc", tour], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (said, 0), done.stderr
