// SPDX-License-Identifier: Apache-2.0

import SurvivalKit

print("SurvivalKit builds for a package that depends on it")
