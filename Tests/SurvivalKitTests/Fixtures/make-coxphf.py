# SPDX-License-Identifier: Apache-2.0
#
# Draws the monotone data set on which the tests of firthmodels (J. Luo, version 0.8.2, MIT) publish what
# R's coxphf finds: 100 people, of whom those without the first covariate never have the event. The
# published figures are beside it; firthmodels itself is asked as well.
#
#   pip install numpy firthmodels && python make-coxphf.py > coxphf.json

import json
import sys
from importlib.metadata import version

import firthmodels
import numpy as np

draw = np.random.default_rng(42)
people = 100
columns = np.column_stack(
    [
        draw.choice([0, 1], people, p=[0.35, 0.65]),
        draw.standard_normal(people),
        draw.uniform(-1, 1, people),
        draw.choice([0, 1], people, p=[0.6, 0.4]),
    ]
)
rate = 0.1 * np.exp(columns @ [0.0, 0.5, -0.3, 0.7])
died = draw.exponential(1 / rate)
censored = draw.exponential(scale=15.0, size=people)
event = (died <= censored) & (columns[:, 0] == 1)
time = np.minimum(died, censored)

model = firthmodels.FirthCoxPH(backend="numpy", max_iter=200).fit(columns, (event, time))
json.dump(
    {"cases": [{
        "versions": f"Python {sys.version.split()[0]}, numpy {np.__version__}, firthmodels {version('firthmodels')}",
        "times": time.tolist(),
        "events": event.tolist(),
        "columns": columns.T.tolist(),
        "firthmodels": model.coef_.tolist(),
        "coefficients": [3.8815800583, 0.6042066427, -0.4202139201, 1.0415063080],
        "errors": [1.4430190269, 0.1599607483, 0.2541800107, 0.3128784410],
        "likelihoodRatio": 57.6071,
        "pValues": [7.318984974e-09, 1.686334002e-04, 9.295083722e-02, 8.463066114e-04],
        "intervals": [
            [1.9343469272, 8.7215676015],
            [0.2921186188, 0.9164270978],
            [-0.9217200647, 0.0699415336],
            [0.4348431279, 1.6550461482],
        ],
    }]},
    sys.stdout,
    indent=1,
)
