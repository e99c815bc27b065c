// SPDX-License-Identifier: Apache-2.0

/// An opaque colour of the sRGB space.
public struct FigureColor: Hashable, Sendable {
  /// The share of red, 0 to 255.
  public var red: UInt8
  /// The share of green, 0 to 255.
  public var green: UInt8
  /// The share of blue, 0 to 255.
  public var blue: UInt8

  /// Creates a colour.
  /// - Parameters:
  ///   - red: The share of red, 0 to 255.
  ///   - green: The share of green, 0 to 255.
  ///   - blue: The share of blue, 0 to 255.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour from a number such as 0x0072B2.
  init(_ value: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
      blue: UInt8(truncatingIfNeeded: value))
  }

  /// The colour as CSS writes it: `#0072b2`.
  package var css: String {
    [red, green, blue].reduce(into: "#") { text, part in
      let digits = String(part, radix: 16)
      text += digits.count < 2 ? "0\(digits)" : digits
    }
  }
}
