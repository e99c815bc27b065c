// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalPlots

/// The options of a figure whose axis is time.
struct CurvePlotOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Draw the curves into this file as well.", valueName: "file.svg"),
    transform: FigureFile.init)
  var plot: FigureFile?

  @Option(help: "The unit of time, for the axis of the figure; needs --plot.")
  var timeUnit: TimeUnit?

  func validate() throws {
    guard timeUnit == nil || plot != nil else {
      throw ValidationError("--time-unit needs --plot, the file of the figure.")
    }
  }

  /// The title of the axis: the column, unless the unit says what time is.
  func timeTitle(_ column: String) -> String? { timeUnit == nil ? column : nil }
}
