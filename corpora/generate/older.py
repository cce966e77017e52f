"""Documents in the formats before 2007: LibreOffice writes them from newer ones."""

import pathlib
import subprocess
import tempfile


def convert(documents, suffix):
    """Yields (name, bytes) of each (name, bytes), converted; the name keeps its stem."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sources = []
        for name, content in documents:
            sources.append(folder / name)
            sources[-1].write_bytes(content)
        subprocess.run(
            ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
             "--convert-to", suffix, "--outdir", folder / "made", *sources],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for source in sources:
            made = folder / "made" / f"{source.stem}.{suffix}"
            yield made.name, made.read_bytes()
