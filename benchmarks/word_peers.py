"""The rivals, each in an environment of its own: docxtpl and rust-docxtpl share an import name.

`environments` makes them. Run as a script by the Python of one of them, this module renders the
records with it; nothing of the project is imported then.

    python benchmarks/word_peers.py TEMPLATE RECORDS FOLDER
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PEERS = {
    "docxtpl": ["docxtpl==0.20.2"],
    "rust-docxtpl": ["rust-docxtpl==0.1.2"],
    "docxtemplater": ["docxtemplater@3.71.0", "pizzip@3.3.0"],
}
"""What is installed for each rival."""
NPM = ("docxtemplater",)

_NODE = """
const fs = require("fs");
const path = require("path");
const PizZip = require("pizzip");
const Docxtemplater = require("docxtemplater");
const [template, records, folder] = process.argv.slice(1);
const content = fs.readFileSync(template);
const lines = fs.readFileSync(records, "utf8").trim().split("\\n").map((line) => JSON.parse(line));
const before = process.cpuUsage();
const start = process.hrtime.bigint();
lines.forEach((record, position) => {
  const made = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
  made.render(record);
  const out = made.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
  fs.writeFileSync(path.join(folder, `${position + 1}.docx`), out);
});
const wall = Number(process.hrtime.bigint() - start) / 1e9;
const used = process.cpuUsage(before);
const peak = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, wall, peak_mb: peak }));
"""


def environments(folder: Path, names: Sequence[str]) -> dict[str, list[str]]:
    """Make the environments that are not there yet; return how to run each rival.

    Args:
        folder: where they are kept from one run to the next.
        names: the rivals that are wanted; one that cannot be installed is left out.
    """
    found = {}
    for name in names:
        home = folder / name
        try:
            found[name] = _node(home, PEERS[name]) if name in NPM else _python(home, PEERS[name])
        except (subprocess.CalledProcessError, OSError) as error:
            shutil.rmtree(home, ignore_errors=True)
            print(f"{name} is left out: {error}", file=sys.stderr)
    return found


def _python(home: Path, packages: Sequence[str]) -> list[str]:
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return [str(python), "-W", "ignore", __file__]


def _node(home: Path, packages: Sequence[str]) -> list[str]:
    if not (home / "node_modules").exists():
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", *packages], check=True, cwd=home)
    script = home / "render.js"
    script.write_text(f"process.argv.splice(1, 1);{_NODE}", encoding="utf-8")
    return ["node", str(script)]


def render(template: str, records: Sequence[Any], folder: Path) -> None:
    """Render as docxtpl's documentation shows, with escaping, which is not its default."""
    from docxtpl import DocxTemplate

    for number, record in enumerate(records, 1):
        document = DocxTemplate(template)
        document.render(record, autoescape=True)
        document.save(folder / f"{number}.docx")


def main(words: Sequence[str]) -> int:
    from word_measuring import measured  # it stands beside this script

    template, records, folder = words
    lines = Path(records).read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines]
    import docxtpl  # noqa: F401 - imports are outside the clock

    print(json.dumps(measured(lambda: render(template, read, Path(folder)))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
