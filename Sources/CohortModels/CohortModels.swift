internal import SurvivalKit
