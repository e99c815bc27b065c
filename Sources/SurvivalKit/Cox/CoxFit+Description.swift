// SPDX-License-Identifier: Apache-2.0

extension CoxFit: CustomStringConvertible {
  /// The estimates as R prints them, with the reference level of every factor.
  public var description: String { estimates.text(references: references) }
}

extension CoxRegression: CustomStringConvertible {
  /// The estimates as R prints them.
  public var description: String { estimates.description }
}
