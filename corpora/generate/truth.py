"""Keeps the digests in truth.toml. Labels are a person's: no other line is ever changed."""

import hashlib
import pathlib
import re
import sys


def digests(collection):
    """Puts the SHA-256 of every labelled document behind its path."""
    labels = collection / "truth.toml"
    if not labels.exists():
        return
    out = []
    for line in labels.read_text("utf8").splitlines():
        if line.startswith("sha256 = "):
            continue
        out.append(line)
        named = re.fullmatch(r'path = "(.*)"', line)
        if named:
            path = collection / "documents" / named[1]
            if path.exists():
                out.append(f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"')
    labels.write_text("\n".join(out) + "\n", "utf8")


if __name__ == "__main__":
    for given in sys.argv[1:]:
        digests(pathlib.Path(given))
