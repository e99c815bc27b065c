#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Damages valid CSV files at random and gives them to the command `survival`.

Whatever the file, the command must end with status 0, 1 or 64, never by a signal; with status 1 it
must say one sentence on standard error and nothing on standard output. How to run it: README.md.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile

WORDS = [
    "NaN", "nan", "Inf", "-Inf", "inf", "1e999", "-1e999", "1e308", "-1e308", "1e-320", "-0", "-1",
    "0", "", "NA", ".", "0x10", "1e", "e", "--1", "1.2.3", "٣", "½", "é", "\u0000", "true", "maybe",
    "9223372036854775807", "9223372036854775808", "9007199254740993", "123456789012345678901234567890",
    "1e18", "1e19", "x" * 70_000, "9" * 400, '"', '""', '"a', 'a"b', '"a""b"', "a,b", "\n", "\r\n",
    "\r", "\t", " ", "\ufeff", "\u202e", "=1+1", "'", ";", "%s%n", "\\", "\x1b[31m", "\x7f",
]
BYTES = [0x00, 0x0A, 0x0D, 0x22, 0x2C, 0x80, 0xC0, 0xED, 0xFE, 0xFF, 0x1B, 0x09, 0x2E, 0x65, 0x2D]


def valid_file(random):
    """A file of a small study that every question of `QUESTIONS` can be asked about."""
    rows = [["entry", "time", "status", "x", "z", "g", "s", "w", "fw", "id", "o"]]
    for number in range(random.choice([3, 12, 40])):
        entry = random.randrange(0, 5)
        rows.append([
            entry, entry + random.randrange(1, 20), random.randrange(2),
            f"{random.gauss(0, 1):.2f}", random.randrange(3), random.choice("abc"),
            random.randrange(2), f"{random.uniform(0.2, 3):.2f}", random.randrange(1, 4),
            number // 2, f"{random.gauss(0, 0.3):.2f}",
        ])
    return [[str(cell) for cell in row] for row in rows]


COMMON = ["--time", "time", "--event", "status"]
QUESTIONS = [
    ["km"] + COMMON,
    ["km"] + COMMON + ["--group", "g", "--interval", "log-log", "--at", "1,5,100"],
    ["km"] + COMMON + ["--entry", "entry", "--weights", "w", "--estimator", "nelson-aalen"],
    ["km"] + COMMON + ["--weights", "fw", "--weight-kind", "frequency", "--reverse"],
    ["km"] + COMMON + ["--cluster", "id", "--restricted-to", "8", "--exact-times"],
    ["km", "--time", "time", "--event", "g", "--event-value", "a", "--strata", "s,z"],
    ["logrank"] + COMMON + ["--group", "g", "--trend", "--pairwise", "holm"],
    ["logrank"] + COMMON + ["--group", "x", "--weight-function", "peto-peto"],
    ["logrank"] + COMMON + ["--group", "g", "--strata", "s", "--entry", "entry", "--weights", "w"],
    ["logrank"] + COMMON + ["--group", "s", "--weights", "fw", "--weight-kind", "frequency"],
    ["cox"] + COMMON + ["--covariates", "x,z"],
    ["cox"] + COMMON + ["--covariates", "x", "--factors", "g=b", "--interactions", "x:g"],
    ["cox"] + COMMON + ["--covariates", "x,entry", "--strata", "s", "--offset", "o", "--ties",
                        "breslow"],
    ["cox"] + COMMON + ["--covariates", "x", "--entry", "entry", "--weights", "w"],
    ["cox"] + COMMON + ["--factors", "g,z", "--weights", "fw", "--weight-kind", "frequency",
                        "--cluster", "id"],
    ["cox"] + COMMON + ["--covariates", "x", "--ties", "exact"],
    ["cox"] + COMMON + ["--covariates", "z", "--ties", "exact-marginal"],
]


def damage_cells(random, rows):
    """Replaces, drops, doubles or moves cells and rows."""
    for _ in range(random.choice([1, 1, 2, 5])):
        row = random.choice(rows)
        if not row:
            continue
        place = random.randrange(len(row))
        kind = random.randrange(9)
        if kind <= 3:
            row[place] = random.choice(WORDS)
        elif kind == 4:
            del row[place]
        elif kind == 5:
            row.insert(place, random.choice(WORDS))
        elif kind == 6:
            word = random.choice(WORDS)
            for other in rows[1:]:
                if place < len(other):
                    other[place] = word
        elif kind == 7:
            rows.remove(row)
        else:
            rows.insert(random.randrange(len(rows) + 1), list(random.choice(rows)))
        if not rows:
            return


def damage_bytes(random, data):
    """Deletes, changes, inserts or repeats bytes."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 3, 30])):
        if not data:
            break
        place = random.randrange(len(data))
        kind = random.randrange(7)
        if kind == 0:
            del data[place]
        elif kind == 1:
            del data[place:place + random.randrange(1, 40)]
        elif kind == 2:
            data[place] = random.choice(BYTES)
        elif kind == 3:
            data[place] = random.randrange(256)
        elif kind == 4:
            data.insert(place, random.choice(BYTES))
        elif kind == 5:
            data[place:place] = data[place:place + random.randrange(1, 200)]
        else:
            del data[place:]
    return bytes(data)


def damaged_file(random):
    kind = random.randrange(10)
    if kind == 0:
        return random.randbytes(random.choice([0, 1, 2, 3, 100, 5000]))
    rows = valid_file(random)
    if kind <= 6:
        damage_cells(random, rows)
    end = random.choice(["\n", "\n", "\n", "\r\n", "\r"])
    data = (end.join(",".join(row) for row in rows) + random.choice([end, ""])).encode()
    if kind >= 5:
        data = damage_bytes(random, data)
    if kind == 9 and random.random() < 0.3:
        data = data.decode("latin-1").encode("utf-16")
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=".build/release/survival")
    parser.add_argument("--keep", default="fuzz-failures")
    settings = parser.parse_args()

    statuses = {}
    sentences = set()
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "data.csv"
        for case in range(1, settings.cases + 1):
            draw = random.Random(f"{settings.seed} {case}")
            data = damaged_file(draw)
            path.write_bytes(data)
            question = draw.choice(QUESTIONS)
            form = draw.choice(["text", "json", "csv"])
            arguments = [question[0], str(path)] + question[1:] + ["--format", form]
            faults = []
            try:
                run = subprocess.run([settings.program] + arguments, capture_output=True,
                                     timeout=60, check=False)
                status, out, err = run.returncode, run.stdout, run.stderr
            except subprocess.TimeoutExpired:
                status, out, err = "timeout", b"", b""
            statuses[status] = statuses.get(status, 0) + 1
            if status not in (0, 1, 64):
                faults.append(f"status {status}")
            elif status == 0:
                if err:
                    faults.append("standard error is not empty though the status is 0")
                if not out:
                    faults.append("no output though the status is 0")
                if b"nan" in out.lower().replace(b"nonaalen", b"") and b"nan" not in data.lower():
                    faults.append("a NaN in the output")
            else:
                if out:
                    faults.append("output though the status is not 0")
                text = err.decode("utf-8", "replace")
                if not text.startswith("Error: "):
                    faults.append("the sentence does not begin with Error:")
                if status == 1 and (text.count("\n") != 1 or not text.endswith("\n")):
                    faults.append(f"{text.count(chr(10))} lines on standard error")
                if any(ord(character) < 32 and character != "\n" or ord(character) == 127
                       for character in text):
                    faults.append("a control character on standard error")
                if len(err) > 1500:
                    faults.append(f"{len(err)} bytes on standard error")
                sentences.add(text.split("found")[0][-60:])
            if faults:
                failures += 1
                keep = pathlib.Path(settings.keep)
                keep.mkdir(parents=True, exist_ok=True)
                name = keep / f"seed{settings.seed}-case{case}.csv"
                name.write_bytes(data)
                print(f"case {case}: {'; '.join(faults)}\n  {' '.join(arguments)}\n  {err[:300]!r}")
    print(f"{settings.cases} cases, seed {settings.seed}: "
          + ", ".join(f"{count} with status {status}" for status, count in sorted(
              statuses.items(), key=str)) + f"; {failures} at fault")
    sys.exit(1 if failures else 0)


main()
