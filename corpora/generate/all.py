"""Writes every document, and the digests beside the labels. Never touches a label."""

import importlib
import os
import pathlib

import fixtures
import truth

HERE = pathlib.Path(__file__).resolve().parent
COLLECTIONS = ("sample", "marks", "traps", "folded", "hostile")


def keep(folder, documents):
    """Writes the documents into the folder and takes out what no longer belongs there."""
    named = set()
    for name, content in documents:
        assert name not in named, f"{name} is made twice"
        named.add(name)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return named


def main():
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")
    for collection in COLLECTIONS:
        folder = HERE.parent / collection / "documents"
        named = keep(folder, importlib.import_module(collection).documents())
        for path in folder.iterdir():
            if path.name not in named:
                path.unlink()
        truth.digests(HERE.parent / collection)
        print(f"{collection}: {len(named)} documents")
    folder = HERE.parent.parent / "tests" / "fixtures" / "extract"
    print(f"fixtures: {len(keep(folder, fixtures.documents()))}")


if __name__ == "__main__":
    main()
