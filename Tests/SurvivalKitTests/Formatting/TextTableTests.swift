// SPDX-License-Identifier: Apache-2.0

import RealModule
import SurvivalKit
import Testing

@Suite("Text tables")
struct TextTableTests {
  @Test("text lines up at its start, numbers at their end")
  func alignment() {
    var table = TextTable(columns: [.text("group"), .number("n"), .number("median")])
    table.append(["control", "21", "8"])
    table.append(["treated", "121", "23.5"])
    #expect(
      table.description == """
        group      n  median
        control   21       8
        treated  121    23.5
        """)
  }

  @Test("no line ends in a space")
  func trailingSpaces() {
    var table = TextTable(columns: [.number("n"), .text("note")])
    table.append(["1", "a longer note"])
    table.append(["20", ""])
    table.append(["", ""])
    #expect(table.description == " n  note\n 1  a longer note\n20\n")
  }

  @Test("indentation precedes every line with text")
  func indentation() {
    var table = TextTable(columns: [.text("a"), .text("b")], indentation: 2)
    table.append(["xx", "y"])
    #expect(table.description == "  a   b\n  xx  y")
  }

  @Test("a table without headers has no header line")
  func noHeader() {
    var table = TextTable(columns: [.text(""), .number("")])
    table.append(["events", "12"])
    table.append(["subjects", "105"])
    #expect(table.description == "events     12\nsubjects  105")
    #expect(TextTable(columns: [.text(""), .number("")]).description == "")
  }

  @Test("a table without rows is its header")
  func noRows() {
    #expect(TextTable(columns: [.text("time"), .number("n")]).description == "time  n")
  }

  @Test("control characters are shown, not obeyed")
  func escapes() {
    var table = TextTable(columns: [.text("label"), .number("n")])
    table.append(["a\nb", "1"])
    table.append(["tab\there", "2"])
    table.append(["\u{1B}[31m", "3"])
    table.append(["\r\n", "4"])
    table.append(["\u{202E}rtl", "5"])
    #expect(
      table.description == #"""
        label        n
        a\nb         1
        tab\there    2
        \u{1b}[31m   3
        \r\n         4
        \u{202e}rtl  5
        """#)
  }

  @Test("width is that of characters on screen")
  func unicodeWidth() {
    var table = TextTable(columns: [.text("label"), .number("n")])
    table.append(["Zoe\u{308}", "1"])  // a combining mark
    table.append(["東京", "2"])
    table.append(["👩‍⚕️ nurse", "3"])  // one character of four scalars
    table.append(["❤️", "4"])
    table.append(["Ŝ(t) ≥ ½", "5"])
    #expect(
      table.description == """
        label     n
        Zoe\u{308}       1
        東京      2
        👩‍⚕️ nurse  3
        ❤️        4
        Ŝ(t) ≥ ½  5
        """)
  }

  @Test("numbers of any kind keep the right edge straight")
  func straightEdge() {
    var table = TextTable(columns: [.text("term"), .number("estimate"), .number("p")])
    for exponent in -12...6 {
      let value = 1.2345 * Double.exp10(Double(exponent))
      table.append([
        "x\(exponent)", NumberFormatting.significant(value, digits: 4),
        NumberFormatting.pValue(value / 1e7),
      ])
    }
    let lines = table.description.split(separator: "\n")
    #expect(lines.count == 20)
    #expect(Set(lines.map(\.count)).count == 1)
  }
}
