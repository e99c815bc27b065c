// SPDX-License-Identifier: Apache-2.0

/// The hospital of a patient of the transplant study.
public enum Hospital: String, CaseIterable, Codable, Sendable {
  /// The Ohio State University Hospitals in Columbus; code 1 in the file.
  case ohioState = "Ohio State University"
  /// Alfred Hospital in Melbourne; code 2 in the file.
  case alfred = "Alfred"
  /// St. Vincent's Hospital in Sydney; code 3 in the file.
  case stVincent = "St. Vincent"
  /// Hahnemann University Hospital in Philadelphia; code 4 in the file.
  case hahnemann = "Hahnemann"
}
