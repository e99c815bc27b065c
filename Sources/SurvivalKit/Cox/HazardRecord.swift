// SPDX-License-Identifier: Apache-2.0

/// What each event time leaves behind for residuals and baseline hazards.
///
/// Hazards are in units of exp(−reference): at event time *j* a row with linear predictor η lives
/// through exp(η − references[j]) · hazard[j].
struct HazardRecord: Sendable {
  let dimension: Int
  var references: [Double]
  /// The hazard for a bystander, and for one of the dying.
  var hazard: [Double]
  var ownHazard: [Double]
  /// Σ hazard · mean of the risk set: for a bystander, and for one of the dying.
  var hazardMean: [Double]
  var ownHazardMean: [Double]
  /// The mean of the risk set, averaged over the tied events.
  var mean: [Double]
  /// Σ (W/d) / φₖ² in units of exp(−2 reference).
  var hazardVariance: [Double]
  /// Σ (W/d) cₖ / φₖ², likewise: how it falls with the risk of one of the dying.
  var ownVariance: [Double]
  /// What an event of weight 1 adds to the hazard.
  var eventHazard: [Double]

  init(events: Int, dimension: Int) {
    self.dimension = dimension
    references = [Double](repeating: 0, count: events)
    hazard = references
    ownHazard = references
    hazardVariance = references
    ownVariance = references
    eventHazard = references
    hazardMean = [Double](repeating: 0, count: events * dimension)
    ownHazardMean = hazardMean
    mean = hazardMean
  }
}
