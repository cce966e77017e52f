"""Fails where the scores of labelled documents, summed over files, are worse than they may be.

usage: thresholds.py SCORES.json ...  (as score_gold.py --json writes them)
"""
import collections
import json
import sys

tally, forbidden, false = collections.Counter(), 0, 0
for path in sys.argv[1:]:
    with open(path, encoding="utf8") as file:
        scores = json.load(file)
    tally.update(scores["tally"])
    forbidden += sum(rule.get("forbidden", 0) for rule in scores["per_rule"].values())
    false += sum(rule.get("false", 0) for rule in scores["per_rule"].values())

right = tally["verdict right"] / max(1, tally["matters"])
given = false / max(1, forbidden)
print(f"{tally['matters']} matters, verdict right {right:.1%}, "
      f"withhold missed silently {tally['withhold missed silently']}, forbidden rules given {given:.1%}")
wrong = []
if not tally["matters"]:
    wrong.append("no matters were scored")
if tally["withhold missed silently"]:
    wrong.append("a withhold was missed silently")
if right < 0.90:
    wrong.append("fewer than 90% of verdicts are right")
if given > 0.01:
    wrong.append("more than 1% of forbidden rules were given")
for line in wrong:
    print("WRONG", line)
sys.exit(bool(wrong))
