// SPDX-License-Identifier: Apache-2.0

/// Text as XML 1.0 allows it, whatever it held before.
enum XMLText {
  /// A label on one line, without characters that XML 1.0 forbids.
  ///
  /// Line ends and tabs become spaces; control characters, U+FFFE and U+FFFF become U+FFFD, so that
  /// something shows where they were.
  static func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: result.append(" ")
      case 0...0x1F, 0x7F...0x9F, 0xFFFE, 0xFFFF: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// A clean text as the content of an element or the value of an attribute in double quotes.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in clean(text).unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// A name that can be an `id` in XML and a selector in CSS: letters, digits and hyphens are kept,
  /// everything else becomes its number in hexadecimal between underscores.
  ///
  /// Different texts give different names.
  static func identifier(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
      let isOther = ("0"..."9").contains(scalar) || scalar == "-"
      if isLetter || (isOther && !name.isEmpty) {
        name.unicodeScalars.append(scalar)
      } else {
        name += "_\(String(scalar.value, radix: 16))_"
      }
    }
    return name.isEmpty ? "_" : name
  }
}
