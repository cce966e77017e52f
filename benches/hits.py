#!/usr/bin/env python3
"""Hits per scope entry over ordinary texts: how often each entry cries out.

Text files are split into documents of 2,000 characters, at ends of lines where there are any; every other file is one
document. One run of `vetmark scan` looks through all of them.

    python3 benches/hits.py --vetmark target/release/vetmark FILE_OR_FOLDER [--rules dictionaries] [--show 3]

Prints a Markdown table of entries of which a head word is in any document: documents with a head word, hits, documents with
a hit; then documents with any hit, as 1 in N. With `--show N`, also N hits of each entry with their surroundings. Text of
documents is printed only then.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

SIZE = 2000
PLAIN = {".txt", ".md"}


def documents(text, size):
    """Pieces of at most `size` characters, cut at ends of lines where there are any."""
    piece, length = [], 0
    for line in text.splitlines(keepends=True):
        while len(line) > size:
            line, rest = line[:size], line[size:]
            if piece:
                yield "".join(piece)
            yield line
            piece, length, line = [], 0, rest
        if length + len(line) > size:
            yield "".join(piece)
            piece, length = [], 0
        piece.append(line)
        length += len(line)
    if piece:
        yield "".join(piece)


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names))


def spread(paths, target, heads):
    """Writes every document into a folder of its own collection; gives their number by collection, and in how many
    plain ones each entry's head words are."""
    counts, exposed = collections.Counter(), collections.Counter()
    words = {word for terms in heads.values() for word in terms}
    for path in files(paths):
        collection = os.path.basename(path if path in paths else os.path.dirname(path))
        os.makedirs(os.path.join(target, collection), exist_ok=True)
        if os.path.splitext(path)[1] not in PLAIN:
            counts[collection] += 1
            os.symlink(os.path.abspath(path), os.path.join(target, collection, f"{counts[collection]:06}"))
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            for document in documents(file.read(), SIZE):
                counts[collection] += 1
                seen = {word for word in words if word in document}
                exposed.update(entry for entry, terms in heads.items() if seen.intersection(terms))
                name = os.path.join(target, collection, f"{counts[collection]:06}.txt")
                with open(name, "w", encoding="utf-8") as out:
                    out.write(document)
    return counts, exposed


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("paths", nargs="+")
    arguments.add_argument("--vetmark", default="target/release/vetmark")
    arguments.add_argument("--rules", help="folder of rules in place of those built in")
    arguments.add_argument("--dictionary", action="append", default=[])
    arguments.add_argument("--show", type=int, default=0, help="hits of each entry to print with their surroundings")
    given = arguments.parse_args()

    with tempfile.TemporaryDirectory() as target:
        sources = ["--rules", given.rules] if given.rules else []
        for dictionary in given.dictionary:
            sources += ["--dictionary", dictionary]
        counts, exposed = spread(given.paths, target, head_words([given.vetmark, *sources]))
        command = [given.vetmark, "scan", *sources, "--format", "ndjson", "--as-of", "2026-11-23"]
        command += ["--quotes=on" if given.show else "--quotes=off"]
        # Links that are named are followed; those met in a folder are not.
        named = [os.path.join(target, c) for c in counts]
        for collection in list(named):
            links = [os.path.join(collection, n) for n in os.listdir(collection)]
            links = sorted(name for name in links if os.path.islink(name))
            if links:
                named[named.index(collection):named.index(collection) + 1] = links
        ran = subprocess.run(command + named, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if ran.returncode > 1:
            sys.exit(ran.stderr)
        print(table(ran.stdout.splitlines(), counts, exposed, target, given.show))


def head_words(command):
    """The head words of each entry, as the program lists them."""
    command = [command[0], "dictionary", "list", "--format", "json", *command[1:]]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    listed = (json.loads(line) for line in lines)
    return {line["id"]: line["terms"] for line in listed if line["kind"] == "entry"}


def table(lines, counts, exposed, target, show):
    hits, where, shown = collections.Counter(), collections.defaultdict(set), collections.defaultdict(list)
    touched = collections.defaultdict(set)
    for line in lines:
        examination = json.loads(line)
        source = os.path.relpath(examination["source"], target)
        collection = source.split(os.sep)[0]
        for part in examination["parts"]:
            for finding in part["findings"]:
                if finding.get("entry") is None:
                    continue
                entry = finding["entry"]
                hits[entry] += 1
                where[entry].add(source)
                touched[collection].add(source)
                if len(shown[entry]) < show:
                    shown[entry].append((source, finding["quote"], " ".join(finding["context"].split())))
    out = ["| entry | documents with a head word | hits | documents with a hit |", "|---|---|---|---|"]
    for entry in sorted({*hits, *exposed}, key=lambda entry: (-hits[entry], -exposed[entry], entry)):
        out.append(f"| `{entry}` | {exposed[entry]} | {hits[entry]} | {len(where[entry])} |")
    out.append("")
    for collection, count in counts.items():
        some = len(touched[collection])
        rate = f"1 in {count // some:,}" if some else "none"
        out.append(f"{collection}: {count:,} documents, {some} with a hit ({rate})")
    for entry, examples in sorted(shown.items()):
        out.append(f"\n{entry}")
        out += [f"  {source}: {quote} · {context}" for source, quote, context in examples]
    return "\n".join(out)


if __name__ == "__main__":
    main()
