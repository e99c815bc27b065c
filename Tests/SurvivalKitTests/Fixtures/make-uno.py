#!/usr/bin/env python3
"""Uno's C by scikit-survival, which has an implementation of its own. Writes uno.json.

    cd Tests/SurvivalKitTests/Fixtures && python make-uno.py

Needs scikit-survival (0.28.0 was used) and the files of make-fixtures.R under data/.

scikit-survival weighs an event at t by 1/G(t)^2, with the censorings at t already taken off, where R
and Uno's formula for P(D >= t) take G(t-); and it leaves out events at tau. So `original` holds the
data as they are, and `shifted` the data with the censored times a little later, so that no censoring
falls on an event time: there the two agree.
"""
import csv
import json

import numpy as np
import sksurv
from sksurv.metrics import concordance_index_censored, concordance_index_ipcw
from sksurv.util import Surv


def read(name, columns):
    with open(f"data/{name}.csv") as file:
        rows = [r for r in csv.DictReader(file) if all(r[c] != "" for c in columns)]
    return [np.array([float(r[c]) for r in rows]) for c in columns]


cases = []
for name, time, event, value, predictor, limits in [
    ("lung", "time", "status", 2, "age", [None, 183.5, 365.25, 735.5]),
    ("lung", "time", "status", 2, "ph.ecog", [None, 365.25]),
    ("veteran", "time", "status", 1, "age", [None, 90.5]),
    ("ovarian", "futime", "fustat", 1, "age", [None, 500]),
    ("random1", "time", "status", 1, "z1", [4.5, 8.5]),
    ("random3", "time", "status", 1, "z2", [10.5, 18.5]),
]:
    times, status, x = read(name, [time, event, predictor])
    events = status == value
    for tau in limits:
        case = {"name": f"{name}, {predictor}, {tau}", "data": name, "time": time, "event": event,
                "eventValue": value, "predictor": predictor, "limit": tau}
        for key, shift in [("original", 0), ("shifted", 0.25)]:
            moved = times + np.where(events, 0, shift)
            y = Surv.from_arrays(events, moved)
            case["harrell" if shift == 0 else "harrellShifted"] = concordance_index_censored(
                events, moved, x)[0]
            try:
                case[key] = concordance_index_ipcw(y, y, x, tau=tau)[0]
            except ValueError as error:
                # G is 0 after the last censoring, which scikit-survival divides by.
                case[key] = None
        cases.append(case)
with open("uno.json", "w") as file:
    json.dump({"generator": f"scikit-survival {sksurv.__version__}, numpy {np.__version__}",
               "cases": cases}, file, indent=0)
    file.write("\n")
