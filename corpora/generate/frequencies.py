"""How often Chinese characters follow each other, as a table of bits.

usage: frequencies.py < TEXT > src/dictionary/keyed/frequencies.txt

Counts characters and pairs of characters of a plain text (UTF-8). The table that
is kept was counted over 12.9 million characters of Chinese laws, regulations and
decisions, which nobody holds copyright in. It holds counts of language and no text.
"""

import collections
import math
import re
import sys

FEWEST = 20
"""What was seen less often says nothing."""


def main() -> None:
    characters: collections.Counter = collections.Counter()
    pairs: collections.Counter = collections.Counter()
    for run in re.findall("[\u3400-\u9fff〇]+", sys.stdin.read()):
        characters.update(run)
        pairs.update(map("".join, zip(run, run[1:])))
    total = sum(characters.values())
    rows: dict = collections.defaultdict(list)
    alone = {}
    for character, count in sorted(characters.items()):
        if count >= FEWEST:
            alone[character] = math.log2(total / count)
            rows[half(alone[character]), 1].append(character)
    for pair, count in sorted(pairs.items()):
        bits = math.log2(characters[pair[0]] / count)
        if count >= FEWEST and bits <= 6 and alone[pair[1]] - bits >= 1:
            rows[half(bits), 2].append(pair)
    print(f"# Bits of characters and of pairs' second characters, in {total} characters.")
    print("# Written by corpora/generate/frequencies.py.")
    for (bits, length), words in sorted(rows.items(), key=lambda row: (row[0][1], row[0][0])):
        print(f"{length} {bits:.1f} {''.join(words)}")


def half(bits: float) -> float:
    """Rounded down to a half."""
    return math.floor(bits * 2) / 2


main()
