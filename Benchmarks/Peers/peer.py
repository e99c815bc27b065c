# SPDX-License-Identifier: Apache-2.0
"""Times one Python peer on one case: peer.py PEER CASE FILE SECONDS.

PEER is lifelines, sksurv (scikit-survival) or rust (the package survival of PyPI).
"""

import sys
import time
import warnings

import numpy

warnings.filterwarnings("ignore")
peer, case, path, budget = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
numbers = numpy.fromfile(path)
n, p = int(numbers[0]), int(numbers[1])
times, status = numbers[2 : 2 + n], numbers[2 + n : 2 + 2 * n]
codes = numbers[2 + 3 * n : 2 + 4 * n]
x = numpy.ascontiguousarray(numbers[2 + 4 * n :].reshape(p, n).T)
work = case.split("-")[0]


def lifelines_body():
    import lifelines
    import lifelines.statistics
    import pandas

    if work == "cox":
        frame = pandas.DataFrame(x, columns=[f"x{j + 1}" for j in range(p)])
        frame["time"], frame["event"] = times, status

        def fit():
            fitted = lifelines.CoxPHFitter().fit(
                frame, "time", "event", fit_options={"precision": 1e-10}
            )
            return list(fitted.params_) + list(fitted.standard_errors_)

        return fit
    if work == "kaplanMeier":

        def fit():
            fitted = lifelines.KaplanMeierFitter().fit(times, status)
            return [float(fitted.predict(t)) for t in (100, 500, 1000, 2000)]

        return fit
    if work == "logRank":

        def fit():
            result = lifelines.statistics.multivariate_logrank_test(times, codes, status)
            return [float(result.test_statistic)]

        return fit
    return None


def sksurv_body():
    if work != "cox":
        return None
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    y = Surv.from_arrays(status == 1, times)
    return lambda: list(CoxPHSurvivalAnalysis(ties="efron", tol=1e-12).fit(x, y).coef_)


def rust_body():
    import rust_peer

    return rust_peer.body(work, times, status, codes, x)


body = {"lifelines": lifelines_body, "sksurv": sksurv_body, "rust": rust_body}[peer]()
if body is None:
    sys.exit(f"{peer} does not take part in {case}")
seconds = []
while True:
    began = time.perf_counter()
    answer = body()
    seconds.append(time.perf_counter() - began)
    if sum(seconds) >= budget or len(seconds) == 50:
        break
print("seconds", *seconds)
print("answer", *answer)
