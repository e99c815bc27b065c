// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Files as bytes.
package enum FileBytes {
  /// The content of a file.
  /// - Parameter path: Where the file is.
  /// - Returns: Its bytes.
  /// - Throws: ``ImportError`` when there is no such file, or when it cannot be read.
  package static func read(_ path: String) throws(ImportError) -> [UInt8] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ImportError(file: path, message: "there is no file \(path)")
    }
    do {
      return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw ImportError(
        file: path,
        message: isFolder(path)
          ? "\(path) is a folder, not a CSV file"
          : "the file \(path) cannot be read; look at its permissions")
    }
  }

  /// Whether there is a file or folder of a name.
  package static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// Whether there is a folder of a name that can be read.
  package static func isFolder(_ path: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
  }

  /// Writes files into a folder, which is made if it is not there.
  /// - Parameters:
  ///   - files: The names of the files and their bytes.
  ///   - folder: Where the folder is.
  /// - Throws: ``ImportError`` when a file cannot be written.
  package static func write(
    _ files: [(name: String, bytes: [UInt8])], to folder: String
  ) throws(ImportError) {
    let url = URL(filePath: folder)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw ImportError(
        file: folder,
        message:
          "the folder \(folder) cannot be made; look whether a file has its name, and at the "
          + "permissions of the folder it is to be in")
    }
    for file in files {
      do {
        try Data(file.bytes).write(to: url.appending(path: file.name))
      } catch {
        throw ImportError(
          file: folder, message: "the file \(file.name) cannot be written to \(folder)")
      }
    }
  }
}
