// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import SurvivalKit
internal import SurvivalPlots

/// How the results of a plan are shown: their unit of time, their level, the scale of their intervals.
struct Presentation {
  var unit: TimeUnit
  var level: Double
  var interval: CurveInterval

  /// The heading of an estimate with its interval.
  func withInterval(_ title: String) -> String {
    "\(title) (\(NumberFormatting.percent(level)) CI)"
  }

  /// A time in the labels of rows.
  func time(_ time: Double) -> String { NumberFormatting.significant(time, digits: 6) }
}

extension AnalysisPart {
  /// What is shown of a part, or a note with the name of the part that says why there is nothing.
  func blocks(
    _ name: String, _ show: (Value) -> [StudyReport.Block]
  ) -> [StudyReport.Block] {
    switch self {
    case .found(let value): show(value)
    case .unavailable(let reason): [.note(.refusal, "\(name): \(reason.message).")]
    }
  }
}

extension [String] {
  /// The texts without repetitions, in the order of their first appearance.
  var unique: [String] {
    var seen = Set<String>()
    return filter { seen.insert($0).inserted }
  }
}

extension String {
  /// The text with a capital first letter.
  var capitalizedStart: String { prefix(1).uppercased() + dropFirst() }

  /// The name of a group in a table: everybody is Overall, since ALL is a leukemia.
  var groupName: String { self == "all" ? "Overall" : self }

  /// The text as a name in links and data: letters, digits and hyphens.
  var key: String {
    let words = lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.joined(separator: "-")
  }
}
