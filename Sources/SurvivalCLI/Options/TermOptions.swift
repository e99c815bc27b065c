// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// The options that name the terms of a regression; common to all of them.
struct TermOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Columns of numbers, separated by commas.", valueName: "col,…"))
  var covariates: [String] = []

  @Option(
    help: ArgumentHelp(
      "Columns of categories; F=LEVEL names the reference, otherwise the first in sorted order.",
      valueName: "f,g=level,…"))
  var factors: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pairs of columns whose products are added; factors are those listed under --factors.",
      valueName: "a:b,…"))
  var interactions: [String] = []

  @Option(
    help: ArgumentHelp("Column of a known part of the linear predictor.", valueName: "col"))
  var offset: String?

  /// Whether no term is named.
  var isEmpty: Bool { covariates.isEmpty && factors.isEmpty && interactions.isEmpty }

  func validate() throws {
    for pair in interactions.flatMap({ $0.split(separator: ",") }) where !pair.contains(":") {
      throw ValidationError(
        "--interactions takes pairs of columns such as age:sex, not \(pair).")
    }
  }
}
