// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import SurvivalPlots

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A file for a figure, named on the command line.
struct FigureFile {
  let path: String

  /// A path that ends in `.svg`: what is written is SVG, and another name would say something else.
  init(_ argument: String) throws {
    guard argument.lowercased().hasSuffix(".svg"), argument.count > 4 else {
      throw ValidationError("figures are SVG: name a file that ends in .svg")
    }
    path = argument
  }

  /// Writes a figure, in place of what the file held.
  /// - Parameter figure: The figure.
  /// - Throws: ``CommandError`` when the file cannot be written.
  func write(_ figure: some Figure) throws {
    do {
      try Data(figure.svg().utf8).write(to: URL(filePath: path))
    } catch {
      throw CommandError(
        "\(path): the figure cannot be written; is there a folder of that name that may be "
          + "written to?")
    }
  }
}
