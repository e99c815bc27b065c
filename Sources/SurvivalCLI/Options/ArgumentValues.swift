// SPDX-License-Identifier: Apache-2.0

internal import CohortReports

public import ArgumentParser
public import CohortModels
public import SurvivalKit
public import SurvivalPlots

extension CurveEstimator: ExpressibleByArgument {}
extension TieMethod: ExpressibleByArgument {}
extension FineGrayVariance: ExpressibleByArgument {}
extension CoxPenalty: ExpressibleByArgument {}
extension PValueAdjustment: ExpressibleByArgument {}
extension TimeTransform: ExpressibleByArgument {}
extension CoxResidualKind: ExpressibleByArgument {}
extension ConcordanceWeight: ExpressibleByArgument {}
extension EndpointPolicies.TimeUnit: ExpressibleByArgument {}
extension EndpointPolicies.Duration: ExpressibleByArgument {}
extension EndpointPolicies.Censoring: ExpressibleByArgument {}
extension EndpointPolicies.NonResponse: ExpressibleByArgument {}
extension ResponseCriteria: ExpressibleByArgument {}
extension TimeUnit: ExpressibleByArgument {}

/// The scale of confidence limits of a curve, or no limits.
enum IntervalOption: String, ExpressibleByArgument, CaseIterable {
  case log
  case logLog = "log-log"
  case plain, logit, arcsine, none

  /// The scale; `nil` for no limits.
  var interval: CurveInterval? { CurveInterval(rawValue: rawValue) }
}

extension LogRankWeight: ExpressibleByArgument {
  /// Reads a name such as `peto-peto`, or `fleming-harrington:RHO,GAMMA`.
  public init?(argument: String) {
    let simple: [LogRankWeight] = [
      .logRank, .gehanBreslow, .taroneWare, .petoPeto, .modifiedPetoPeto,
    ]
    if let match = simple.first(where: { $0.name == argument }) {
      self = match
      return
    }
    let prefix = "fleming-harrington:"
    guard argument.hasPrefix(prefix) else { return nil }
    let powers = argument.dropFirst(prefix.count).split(
      separator: ",", omittingEmptySubsequences: false
    ).map { Double($0) }
    guard powers.count == 2, let rho = powers[0], let gamma = powers[1],
      rho >= 0, gamma >= 0, rho.isFinite, gamma.isFinite
    else { return nil }
    self = .flemingHarrington(rho: rho, gamma: gamma)
  }

  /// The names, for the help.
  public static var allValueStrings: [String] {
    [
      "log-rank", "gehan-breslow", "tarone-ware", "peto-peto", "modified-peto-peto",
      "fleming-harrington:RHO,GAMMA",
    ]
  }

  /// The default as it is spelt.
  public var defaultValueDescription: String { name }
}

/// Numbers separated by commas, such as the times of `--at`.
struct NumberList: ExpressibleByArgument {
  let values: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0.trimmed) }
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
    values = numbers
  }
}

/// Names with numbers, such as `age=10,sex=-1` or `age:4`.
///
/// A name may itself hold commas: a piece that does not end in a number goes on after the comma.
struct NamedNumbers {
  let values: [(name: String, number: Double)]

  /// The values as they were given, with room to break lines.
  var label: String {
    values.map { "\($0.name)=\(JSON.text(of: $0.number) ?? "")" }.joined(separator: ", ")
  }

  /// Reads a text; `nil` when something in it has no name or no finite number.
  init?(_ text: String, separator: Character) {
    var values = [(name: String, number: Double)]()
    var open = ""
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      open += (open.isEmpty ? "" : ",") + piece
      guard let last = open.lastIndex(of: separator),
        let number = Double(open[open.index(after: last)...].trimmed), number.isFinite
      else { continue }
      let name = open[..<last].trimmed
      guard !name.isEmpty else { return nil }
      values.append((name, number))
      open = ""
    }
    guard open.isEmpty, !values.isEmpty else { return nil }
    self.values = values
  }
}

extension Substring {
  /// The text without spaces at its ends.
  var trimmed: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
