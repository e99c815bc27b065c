// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How much work a run of the suites does.
public enum Effort {
  /// Whether `SURVIVAL_BENCHMARKS=quick` asks for small sizes only.
  public static let isQuick = ProcessInfo.processInfo.environment["SURVIVAL_BENCHMARKS"] == "quick"

  /// How long one benchmark may go on repeating itself.
  public static let duration: Duration = isQuick ? .milliseconds(300) : .seconds(5)

  /// Whether a size belongs to this run.
  /// - Parameter elements: Rows times columns.
  /// - Returns: `true` for all sizes in a full run, for up to a quarter of a million in a quick one.
  public static func includes(_ elements: Int) -> Bool { !isQuick || elements <= 250_000 }
}
