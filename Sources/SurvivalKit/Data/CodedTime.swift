// SPDX-License-Identifier: Apache-2.0

/// A time as it is stored: a number, or a text where it is infinite.
struct CodedTime: Hashable, Sendable, Codable {
  let value: Double

  init(value: Double) { self.value = value }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      switch text {
      case "Infinity": value = .infinity
      case "-Infinity": value = -.infinity
      default:
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\(text) is not a time: a number, Infinity or -Infinity")
      }
    } else {
      value = try container.decode(Double.self)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite {
      try container.encode(value)
    } else {
      try container.encode(value < 0 ? "-Infinity" : "Infinity")
    }
  }
}
