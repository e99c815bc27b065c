// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// One run of the built command `survival` as a process of its own.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// Runs the command and waits for its end.
  ///
  /// Output goes to files, so that a long one cannot fill a pipe that nobody reads.
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - onTerminal: Whether the command writes to a terminal, by way of `script`; output and errors
  ///     are then both in ``output``.
  /// - Throws: When the command cannot be run.
  init(_ arguments: [String], onTerminal: Bool = false) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("survival-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["out", "err"].map { folder.appendingPathComponent($0) }
    for path in paths { try Data().write(to: path) }
    let handles = try paths.map { try FileHandle(forWritingTo: $0) }
    let process = Process()
    let executable: URL = try #require(Self.executable, "no survival beside the tests")
    process.executableURL = executable
    process.arguments = arguments
    if onTerminal {
      process.executableURL = URL(filePath: Self.script)
      #if os(Linux)
        let words = ([executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        process.arguments = ["-q", "-e", "-c", words, "/dev/null"]
      #else
        process.arguments = ["-q", "/dev/null", executable.path] + arguments
      #endif
      process.standardInput = FileHandle.nullDevice
    }
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80"]) { $1 }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    for handle in handles { try handle.close() }
    status = process.terminationStatus
    output = String(decoding: try Data(contentsOf: paths[0]), as: UTF8.self)
    errors = String(decoding: try Data(contentsOf: paths[1]), as: UTF8.self)
  }

  /// A program that runs another on a terminal of its own.
  static let script = "/usr/bin/script"

  /// The command, in the folder of the tests or in one around it.
  private static let executable: URL? = {
    let starts =
      Bundle.allBundles.map(\.bundleURL)
      + CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    for start in starts {
      var folder = start
      for _ in 0..<5 {
        let candidate = folder.appendingPathComponent("survival")
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder),
          !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: candidate.path)
        {
          return candidate
        }
        folder = folder.deletingLastPathComponent()
      }
    }
    return nil
  }()

  /// The output as JSON.
  func json() throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
    return try #require(object as? [String: Any])
  }

  /// Runs the command on a file that is made for it, and which messages call data.csv; new rows, if
  /// there are any, come in another file, new.csv.
  static func on(
    _ text: String, new rows: String? = nil, _ subcommand: String, _ arguments: [String]
  ) throws -> CommandRun {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard let rows else {
      return try CommandRun([subcommand, path] + arguments).calling(path, "data.csv")
    }
    let newPath = try file(rows)
    defer { try? FileManager.default.removeItem(atPath: newPath) }
    return try CommandRun([subcommand, path, "--new-data", newPath] + arguments)
      .calling(path, "data.csv").calling(newPath, "new.csv")
  }

  /// The path of a file that is made for a run.
  static func file(_ text: String) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("data-\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: path)
    return path.path
  }

  /// The same run with another name for a file.
  private func calling(_ path: String, _ name: String) -> CommandRun {
    CommandRun(
      status: status, output: output.replacingOccurrences(of: path, with: name),
      errors: errors.replacingOccurrences(of: path, with: name))
  }

  private init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}

/// The fixtures that R has written for the tests of SurvivalKit.
enum Fixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("SurvivalKitTests/Fixtures")

  /// The path of a data set.
  static func data(_ name: String) -> String {
    folder.appendingPathComponent("data/\(name).csv").path
  }

  /// A case by its name.
  static func reference(_ name: String, in file: String) throws -> [String: Any] {
    try #require(cases(in: file).first { $0["name"] as? String == name })
  }

  /// All cases of a file.
  static func cases(in file: String) throws -> [[String: Any]] {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(file).json"))
    let object = try #require(
      JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(object["cases"] as? [[String: Any]])
  }

  /// The command line of a case of a Cox model, with JSON as its format.
  static func coxArguments(_ reference: [String: Any]) throws -> [String] {
    var arguments = ["cox", data(try #require(reference["data"] as? String)), "--format", "json"]
    for name in ["time", "event", "entry", "weights", "offset", "cluster", "ties"] {
      if let column = reference[name] as? String { arguments += ["--\(name)", column] }
    }
    arguments += ["--event-value", "\(reference["eventValue"] ?? 1)"]
    for name in ["covariates", "strata"] {
      if let columns = reference[name] as? [String], !columns.isEmpty {
        arguments += ["--\(name)", columns.joined(separator: ",")]
      }
    }
    if let factors = reference["factors"] as? [[String: Any]], !factors.isEmpty {
      let list = factors.map { "\($0["name"] ?? "")=\($0["reference"] ?? "")" }
      arguments += ["--factors", list.joined(separator: ",")]
    }
    if reference["robust"] as? Bool == true { arguments.append("--robust") }
    return arguments
  }
}

/// Whether two numbers agree to 1e-9, relatively; two `null` agree.
func agrees(_ value: Any?, _ reference: Any?) -> Bool {
  if value is NSNull || value == nil { return reference is NSNull || reference == nil }
  guard let value = value as? Double, let reference = reference as? Double else { return false }
  return abs(value - reference) <= 1e-9 * max(abs(reference), 1e-300)
}
