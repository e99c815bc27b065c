// SPDX-License-Identifier: Apache-2.0

import Foundation
import SurvivalPlots
import Testing

@Suite("Colours of groups")
struct ThemeTests {
  /// What a colour looks like to people without one kind of cones: matrices for linear red, green and
  /// blue of Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, at severity 1.
  enum Vision: String, CaseIterable {
    case usual, protanopia, deuteranopia, tritanopia

    var matrix: [[Double]] {
      switch self {
      case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      case .protanopia:
        [
          [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998],
        ]
      case .deuteranopia:
        [
          [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
          [-0.011820, 0.042940, 0.968881],
        ]
      case .tritanopia:
        [
          [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
          [0.004733, 0.691367, 0.303900],
        ]
      }
    }
  }

  private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private static func linear(_ color: FigureColor) -> [Double] {
    [color.red, color.green, color.blue].map { byte in
      let share = Double(byte) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
  }

  private static func luminance(_ color: FigureColor) -> Double {
    product([[0.2126, 0.7152, 0.0722]], linear(color))[0]
  }

  /// Lightness and two hues of CIE 1976, in which a distance of 2 is just seen.
  private static func lab(_ color: FigureColor, _ vision: Vision) -> [Double] {
    let seen = product(vision.matrix, linear(color)).map { min(1, max(0, $0)) }
    let white = [0.95047, 1, 1.08883]
    let f = zip(
      product(
        [
          [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
          [0.0193339, 0.1191920, 0.9503041],
        ], seen), white
    ).map { value, white in
      let share = value / white
      return share > 0.008856 ? cbrt(share) : 7.787 * share + 16.0 / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  @Test("differ for every kind of colour vision", arguments: Vision.allCases)
  func differ(vision: Vision) {
    for (name, colors) in [("light", Theme.Colors.light), ("dark", .dark)] {
      let seen = colors.series.map { Self.lab($0, vision) }
      for (i, one) in seen.enumerated() {
        for (j, other) in seen.enumerated().dropFirst(i + 1) {
          let distance = sqrt(zip(one, other).reduce(0) { $0 + pow($1.0 - $1.1, 2) })
          #expect(distance > 15, "\(name), \(vision): \(i + 1) and \(j + 1)")
        }
      }
    }
  }

  @Test("stand out from their ground")
  func standOut() throws {
    for (colors, least) in [(Theme.Colors.light, 2.2), (.dark, 3)] {
      let ground = Self.luminance(try #require(colors.background))
      for color in colors.series {
        let other = Self.luminance(color)
        let contrast = (max(ground, other) + 0.05) / (min(ground, other) + 0.05)
        #expect(contrast > least, "\(color.css)")
      }
    }
  }
}
