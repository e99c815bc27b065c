// SPDX-License-Identifier: Apache-2.0

/// Which standard errors a Fine–Gray model has.
///
/// Those with a competing event have estimated weights and depend on those who are censored, so the
/// inverse of the information is no variance of the estimates; it is reported beside the others.
public enum FineGrayVariance: String, Hashable, Sendable, Codable, CaseIterable {
  /// `fineGray`, or `fixedWeights` with delayed entry.
  case automatic
  /// Robust, counting that the censoring distribution is estimated: Fine & Gray (1999), as in
  /// `cmprsk::crr`; by cluster as Zhou et al. (2012), doi:10.1093/biostatistics/kxr032.
  case fineGray = "fine-gray"
  /// Robust, with the weights taken as known: as R's `coxph` on the rows of `finegray`.
  case fixedWeights = "fixed-weights"
  /// The inverse of the information.
  case model
}
