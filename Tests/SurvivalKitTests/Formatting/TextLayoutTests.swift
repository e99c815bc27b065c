// SPDX-License-Identifier: Apache-2.0

import SurvivalKit
import Testing

@Suite("Text layout")
struct TextLayoutTests {
  @Test("paragraphs break between words, and within a word that is too long")
  func wrapping() {
    #expect(TextLayout.wrapped("one two three", width: 8) == "one two\nthree")
    #expect(TextLayout.wrapped("one two three", indentation: 2, width: 8) == "one two\n  three")
    #expect(TextLayout.wrapped("abcdefghij", width: 4) == "abcd\nefgh\nij")
    #expect(TextLayout.wrapped("", width: 4) == "")
  }

  @Test("a table that is too wide breaks the labels of its first column")
  func tables() {
    var table = TextTable(columns: [.text("group"), .number("n"), .number("median")])
    table.append(["a rather long label", "21", "8"])
    table.append(["b", "3", "23"])
    #expect("\(table.fitted(to: 40))" == "\(table)")
    #expect(
      "\(table.fitted(to: 24))"
        == """
        group        n  median
        a rather    21       8
        long label
        b            3      23
        """)
  }

  @Test("columns of text share the room: short ones keep theirs")
  func severalColumns() {
    var table = TextTable(columns: [.text("group"), .text("cause"), .text("k"), .number("n")])
    table.append(["a rather long label", "quite another long one", "x", "21"])
    table.append(["b", "c", "y", "3"])
    #expect(
      "\(table.fitted(to: 32))"
        == """
        group       cause         k   n
        a rather    quite         x  21
        long label  another long
                    one
        b           c             y   3
        """)
  }

  @Test("a label of a million characters is cut off after twelve lines", .timeLimit(.minutes(5)))
  func longLabels() {
    var table = TextTable(columns: [.text("group"), .number("n")])
    table.append([String(repeating: "x", count: 1_000_000), "1"])
    let lines = "\(table.fitted())".split(separator: "\n")
    #expect(lines.count == 13)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.last == "…")
  }

  @Test("the numbers of a column share their decimal places, as in R")
  func columns() {
    // format(c(0.011067, -0.552612, 0.463728), digits = 4)
    #expect(
      NumberFormatting.column([0.011067, -0.552612, 0.463728], digits: 4)
        == ["0.01107", "-0.55261", "0.46373"])
    #expect(NumberFormatting.column([310, nil, 285.5], digits: 4) == ["310.0", "NA", "285.5"])
    #expect(NumberFormatting.column([1e-9, 0.5], digits: 4) == ["1e-09", "0.5"])
    #expect(NumberFormatting.column([.infinity, 1, .nan], digits: 4) == ["Inf", "1", "NA"])
    #expect(NumberFormatting.column([], digits: 4).isEmpty)
  }

  @Test("counts and quantities")
  func counts() {
    #expect(NumberFormatting.count(12) == "12")
    #expect(NumberFormatting.count(12.5) == "12.5")
    #expect(NumberFormatting.quantity(1, "row") == "1 row")
    #expect(NumberFormatting.quantity(2, "row") == "2 rows")
    #expect(NumberFormatting.pStatement(0.01234) == "p = 0.0123")
    #expect(NumberFormatting.pStatement(0) == "p < 2e-16")
  }

  @Test("p-values as journals print them have no powers of ten")
  func decimalPValues() {
    #expect(NumberFormatting.decimalPValue(0.5) == "0.5")
    #expect(NumberFormatting.decimalPValue(0.001345) == "0.0013")
    #expect(NumberFormatting.decimalPValue(0.0003) == "0.0003")
    #expect(NumberFormatting.decimalPValue(0.000123) == "0.00012")
    #expect(NumberFormatting.decimalPValue(0.0001) == "0.0001")
    #expect(NumberFormatting.decimalPValue(0.0000999) == "<0.0001")
    #expect(NumberFormatting.decimalPValue(0) == "<0.0001")
    #expect(NumberFormatting.decimalPStatement(0.00131) == "p = 0.00131")
    #expect(NumberFormatting.decimalPStatement(1e-9) == "p < 0.0001")
  }
}
