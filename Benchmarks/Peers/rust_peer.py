# SPDX-License-Identifier: Apache-2.0
"""The Rust package `survival` of PyPI."""

import math


def body(work, times, status, codes, x):
    if work != "cox":
        return None
    import survival._survival

    status = status.astype("int32")

    def fit():
        fitted = survival._survival.coxph_fit_raw(times, status, x, method="efron", resid=False)
        variance = fitted.var
        return list(fitted.coefficients) + [math.sqrt(variance[j][j]) for j in range(x.shape[1])]

    return fit
