// SPDX-License-Identifier: Apache-2.0

/// The sex of a person.
public enum Sex: String, CaseIterable, Codable, Sendable {
  /// Female.
  case female
  /// Male.
  case male
}

/// A patient or a donor at the time of transplant.
public struct Person: Codable, Hashable, Sendable {
  /// Age in years.
  public let age: Double
  /// Sex.
  public let sex: Sex
  /// Whether antibodies against cytomegalovirus were found.
  public let isCMVPositive: Bool

  /// Creates a person.
  /// - Parameters:
  ///   - age: Age in years.
  ///   - sex: Sex.
  ///   - isCMVPositive: Whether antibodies against cytomegalovirus were found.
  public init(age: Double, sex: Sex, isCMVPositive: Bool) {
    self.age = age
    self.sex = sex
    self.isCMVPositive = isCMVPositive
  }
}

/// A complication or recovery after transplant: whether it was seen, and until when it was looked for.
public struct TimedOutcome: Codable, Hashable, Sendable {
  /// Days from transplant to the outcome, or to the end of the observation without it.
  public let days: Double
  /// Whether the outcome was seen.
  public let hasOccurred: Bool

  /// Creates an outcome.
  /// - Parameters:
  ///   - days: Days from transplant to the outcome, or to the end of the observation.
  ///   - hasOccurred: Whether the outcome was seen.
  public init(days: Double, hasOccurred: Bool) {
    self.days = days
    self.hasOccurred = hasOccurred
  }
}
