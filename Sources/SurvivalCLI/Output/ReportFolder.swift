// SPDX-License-Identifier: Apache-2.0

internal import CohortModels
internal import CohortReports

/// The folder that a report is written to.
enum ReportFolder {
  /// The names of the files.
  static let names = ["report.html", "report.json", "report.csv"]

  /// Refuses, before the work begins, a folder that cannot be one.
  /// - Throws: ``CommandError`` when there is a file in its place.
  static func check(_ folder: String) throws {
    guard !folder.isEmpty else { throw CommandError("--output is empty; name a folder") }
    if FileBytes.exists(folder), !FileBytes.isFolder(folder) {
      throw CommandError("\(folder) is a file; name a folder, which is made if it is not there")
    }
  }

  /// Writes page and numbers, in place of those that the folder holds.
  /// - Throws: ``CommandError`` when a file cannot be written.
  static func write(_ report: StudyReport, to folder: String) throws {
    let texts = [report.html(), report.json(), report.csv()]
    do {
      try FileBytes.write(zip(names, texts).map { ($0, Array($1.utf8)) }, to: folder)
    } catch {
      throw CommandError(error.message)
    }
  }
}
