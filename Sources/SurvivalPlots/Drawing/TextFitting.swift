// SPDX-License-Identifier: Apache-2.0

/// A label cut into lines that fit a width, and shortened where it does not fit even so.
struct FittedText: Hashable {
  /// The lines to draw.
  let lines: [String]
  /// The whole text, where ``lines`` do not show all of it.
  let fullText: String?

  /// Fits a text.
  /// - Parameters:
  ///   - text: The text; what XML forbids in it is replaced, and empty text is spelt out.
  ///   - width: The room in pixels.
  ///   - size: The font size in pixels.
  ///   - isBold: Whether the weight is bold.
  ///   - maximumLines: How many lines there may be; the last one has an ellipsis when more would be
  ///     needed.
  init(
    _ text: String, width: Double, size: Double, isBold: Bool = false, maximumLines: Int = 1
  ) {
    let clean = XMLText.clean(text)
    let words = clean.split(separator: " ")
    guard !words.isEmpty else {
      lines = ["(empty)"]
      fullText = nil
      return
    }
    func fits(_ line: String) -> Bool {
      TextWidth.of(line, size: size, isBold: isBold) <= width
    }
    var lines = [""]
    for word in words {
      let current = lines[lines.count - 1]
      let joined = current.isEmpty ? String(word) : "\(current) \(word)"
      if fits(joined) {
        lines[lines.count - 1] = joined
        continue
      }
      if !current.isEmpty { lines.append("") }
      // A word that is wider than a line is cut wherever the line ends.
      for character in word {
        let longer = lines[lines.count - 1] + String(character)
        if fits(longer) || lines[lines.count - 1].isEmpty {
          lines[lines.count - 1] = longer
        } else {
          lines.append(String(character))
        }
      }
    }
    guard lines.count > maximumLines else {
      self.lines = lines
      fullText = nil
      return
    }
    // What is left out is the middle of the rest: names of groups often differ at their ends only.
    let rest = lines[(maximumLines - 1)...].joined(separator: " ")
    self.lines = lines.prefix(maximumLines - 1) + [Self.shortened(rest, fits: fits)]
    fullText = clean
  }

  /// The beginning and the end of a text with an ellipsis for what does not fit between them.
  private static func shortened(_ text: String, fits: (String) -> Bool) -> String {
    let characters = Array(text)
    var (low, high) = (0, characters.count)
    func joined(_ kept: Int) -> String {
      let tail = kept * 2 / 5
      let head = String(characters.prefix(kept - tail)).trimmingTrailingSpaces
      return head + "…" + String(characters.suffix(tail))
    }
    while low < high {
      let middle = (low + high + 1) / 2
      if fits(joined(middle)) { low = middle } else { high = middle - 1 }
    }
    return joined(low)
  }

  /// The width of the widest line.
  func width(size: Double, isBold: Bool = false) -> Double {
    lines.reduce(0) { Swift.max($0, TextWidth.of($1, size: size, isBold: isBold)) }
  }
}

extension String {
  /// The text without spaces at its end.
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
