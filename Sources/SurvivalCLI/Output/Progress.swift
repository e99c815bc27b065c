// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What goes to standard error: findings, and, when it is a terminal, what is being done.
enum Progress {
  /// Whether standard error is a terminal.
  private static let isTerminal = isatty(2) == 1

  /// Says what is done and, after it, how long it took; nothing unless a terminal listens.
  static func running<Result>(
    _ work: String, _ body: () throws -> Result
  ) rethrows -> Result {
    guard isTerminal else { return try body() }
    let clock = ContinuousClock()
    let start = clock.now
    write(work + " … ")
    defer {
      let seconds = Double((clock.now - start) / .milliseconds(1)) / 1000
      write("\((seconds * 10).rounded() / 10) s\n")
    }
    return try body()
  }

  /// Says which of several stages is being worked on, and how long each took.
  ///
  /// Says nothing unless a terminal listens. The body is given what is to be told the name of each stage before it begins.
  static func stages<Result>(
    _ work: String, _ body: (@escaping (String) -> Void) throws -> Result
  ) rethrows -> Result {
    guard isTerminal else { return try body { _ in } }
    let clock = ContinuousClock()
    var start: ContinuousClock.Instant?
    func end() {
      guard let start else { return }
      let seconds = Double((clock.now - start) / .milliseconds(1)) / 1000
      write("\((seconds * 10).rounded() / 10) s\n")
    }
    defer { end() }
    return try body { stage in
      end()
      start = clock.now
      write("\(work): \(stage) … ")
    }
  }

  /// Writes a line to standard error.
  static func say(_ line: String) { write(line + "\n") }

  private static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
