// SPDX-License-Identifier: Apache-2.0

/// Which release of this package computed a result.
public enum SurvivalKitVersion {
  /// The version, as the changelog has it; with `-dev` for what is not released yet.
  public static let current = "0.1.0-dev"
}
