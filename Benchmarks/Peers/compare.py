# SPDX-License-Identifier: Apache-2.0
"""Runs SurvivalKit and its peers in turn on the same data and prints ratios beside their targets.

Every round starts each program once, one after the other; a program repeats its work until a second
is over and reports each time. Medians are compared, and so are the answers: a peer that is fast and
wrong, or a SurvivalKit that is, stands out. `--quick` takes only what is done within a second.
"""

import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.environ["PEERS_WORK"]
OURS = os.environ["PEERS_OURS"]
PYTHON = os.path.join(WORK, "venv", "bin", "python")

# The case, the peers with the ratio that is asked for (None: for information), the rounds.
CASES = [
    ("cox-1000x10", {"R": 4}, 5),
    ("cox-10000x20", {"R": 8, "lifelines": None, "sksurv": None, "rust": None}, 5),
    ("cox-100000x20", {"R": 8, "lifelines": 12, "rust": 10, "sksurv": None}, 3),
    ("cox-100000x100", {"R": 25, "rust": 18}, 3),
    ("cox-1000000x20", {"R": 10}, 3),
    ("late-200000x10", {"R": 10}, 3),
    ("strata-100000x10", {"R": 10}, 3),
    ("robust-100000x5", {"R": 100}, 1),
    ("score-100000x5", {"R": 100}, 1),
    ("dfbeta-100000x5", {"R": 100}, 1),
    ("kaplanMeier-1000000x1", {"R": 20, "lifelines": 2}, 3),
    ("logRank-1000000x1", {"R": 20, "lifelines": 2}, 3),
    ("concordance-100000x1", {"R": 5}, 3),
    ("incidence-100000x1", {"R": None}, 1),
    ("states-70000x1", {"R": None}, 1),
    ("gray-100000x1", {"R": None}, 1),
    ("fineGray-5000x5", {"R": 100}, 1),
    ("finegray-5000x5", {"R": None}, 1),
    ("absoluteRisk-5000x5", {"R": None}, 1),
]
SMALL = {"cox-1000x10", "cox-10000x20", "cox-100000x20", "strata-100000x10", "concordance-100000x1"}


def run(peer, case, path):
    """The times and the answer of one program, or None where it fails."""
    commands = {
        "ours": [OURS, "time", case, "1"],
        "R": ["Rscript", "--vanilla", os.path.join(HERE, "peer.R"), case, path, "1"],
    }
    command = commands.get(peer, [PYTHON, os.path.join(HERE, "peer.py"), peer, case, path, "1"])
    done = subprocess.run(command, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        name, *values = line.split()
        if name in ("seconds", "answer"):
            found[name] = [float(value) for value in values]
    if done.returncode != 0 or "answer" not in found:
        print(f"  {peer} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return found


def difference(ours, theirs):
    """The largest difference relative to the largest magnitude, over the answers both give."""
    # Some peers give no standard errors: as many numbers as they give are compared.
    pairs = list(zip(ours, theirs))
    if len(theirs) * 2 == len(ours) and len(theirs) == 4:
        pairs = list(zip(ours[::2], theirs))  # survival without standard errors
    return max(abs(a - b) / max(abs(a), 1e-3) for a, b in pairs)


def main():
    chosen = [a for a in sys.argv[1:] if not a.startswith("--")]
    quick = "--quick" in sys.argv
    print(f"{'case':24}{'ours s':>10}  {'peer':10}{'peer s':>10}{'ratio':>8}{'target':>8}"
          f"  {'':8}{'answers differ':>15}")
    wrong = False
    for case, targets, rounds in CASES:
        if (quick and case not in SMALL) or (chosen and case not in chosen):
            continue
        path = os.path.join(WORK, case + ".data")
        if not os.path.exists(path):
            subprocess.run([OURS, "write", case, path], check=True)
        seconds, answers = {}, {}
        for _ in range(1 if quick else rounds):
            for peer in ["ours", *targets]:
                found = run(peer, case, path)
                if found:
                    seconds.setdefault(peer, []).extend(found["seconds"])
                    answers[peer] = found["answer"]
        for peer, target in targets.items():
            if peer not in seconds or "ours" not in seconds:
                continue
            ours, theirs = (statistics.median(seconds[k]) for k in ("ours", peer))
            apart = difference(answers["ours"], answers[peer])
            limit = 1e-6 if peer == "R" else 1e-4
            wrong |= apart > limit
            met = "" if target is None else "met" if theirs / ours >= target else "NOT MET"
            print(f"{case:24}{ours:10.5f}  {peer:10}{theirs:10.4f}{theirs / ours:8.1f}"
                  f"{target if target else '':>8}  {met:8}{apart:15.1e}"
                  f"{'  ANSWERS DIFFER' if apart > limit else ''}", flush=True)
    sys.exit(1 if wrong else 0)


main()
