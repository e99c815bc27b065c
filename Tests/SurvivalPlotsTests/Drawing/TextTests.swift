// SPDX-License-Identifier: Apache-2.0

@testable import SurvivalKit
@testable import SurvivalPlots
import Testing

@Suite("Text of a figure")
struct TextTests {
  @Test("what XML reserves is escaped, what it forbids replaced")
  func escaping() {
    #expect(XMLText.escaped("a<b>&\"c\"'") == "a&lt;b&gt;&amp;&quot;c&quot;'")
    #expect(XMLText.escaped("a\u{0}b\u{B}c\u{FFFF}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
    #expect(XMLText.escaped("a\r\nb\tc\u{2028}d") == "a  b c d")
    #expect(XMLText.escaped("🩺 שלום") == "🩺 שלום")
    #expect(XMLText.escaped("]]>") == "]]&gt;")
  }

  @Test("an identifier is a name in XML and in CSS, and tells texts apart")
  func identifiers() {
    #expect(XMLText.identifier("figure-1") == "figure-1")
    #expect(XMLText.identifier("1st") == "_31_st")
    #expect(XMLText.identifier("a b") == "a_20_b")
    #expect(XMLText.identifier("a_b") == "a_5f_b")
    #expect(XMLText.identifier("") == "_")
    #expect(XMLText.identifier("é") == "_e9_")
  }

  @Test("widths are those of Helvetica")
  func widths() {
    #expect(TextWidth.of("Hamburg", size: 10) == 7.22 + 5.56 + 8.33 + 5.56 + 5.56 + 3.33 + 5.56)
    #expect(TextWidth.of("il", size: 1000) == 444)
    #expect(TextWidth.of("il", size: 1000, isBold: true) == 556)
    #expect(TextWidth.of("", size: 10) == 0)
    #expect(TextWidth.of("é", size: 1000) == 556)
    #expect(TextWidth.of("e\u{301}", size: 1000) == 556)
    #expect(TextWidth.of("漢字", size: 1000) == 2000)
  }

  @Test("long text is wrapped at spaces, then shortened in the middle")
  func fitting() {
    let name = "Blinatumomab after inotuzumab, arm 12"
    #expect(FittedText(name, width: 1000, size: 12) == FittedText(name, width: 999, size: 12))
    let wrapped = FittedText(name, width: 150, size: 12, maximumLines: 3)
    #expect(wrapped.lines == ["Blinatumomab after", "inotuzumab, arm 12"])
    #expect(wrapped.fullText == nil)
    let short = FittedText(name, width: 100, size: 12)
    #expect(short.lines.count == 1)
    #expect(short.lines[0].hasPrefix("Blinat") && short.lines[0].hasSuffix(" 12"))
    #expect(short.fullText == name)
    #expect(short.width(size: 12) <= 100)
    #expect(FittedText(" \n", width: 100, size: 12).lines == ["(empty)"])
    let unbroken = FittedText(
      String(repeating: "m", count: 40), width: 100, size: 12, maximumLines: 9)
    #expect(unbroken.lines.joined() == String(repeating: "m", count: 40))
    #expect(unbroken.width(size: 12) <= 100)
  }

  @Test("coordinates have two places at most")
  func coordinates() {
    #expect(Coordinate.text(12) == "12")
    #expect(Coordinate.text(12.5) == "12.5")
    #expect(Coordinate.text(12.345) == "12.35")
    #expect(Coordinate.text(-0.001) == "0")
    #expect(Coordinate.text(-1.05) == "-1.05")
    #expect(Coordinate.text(0.996) == "1")
  }

  @Test("colours are six digits")
  func colors() {
    #expect(FigureColor(red: 0, green: 114, blue: 178).css == "#0072b2")
    #expect(FigureColor(0x000A0F).css == "#000a0f")
  }

  @Test("groups differ in colour or in line style, to the 64th")
  func styles() {
    let looks = (0..<64).map { index in
      let style = SeriesStyle(index: index)
      return "\(style.paint(in: .light).name) \(style.dashes(width: 1) ?? "-")"
    }
    #expect(Set(looks).count == 64)
  }

  @Test("medians of a figure have the same places, and no more than they need")
  func medians() {
    func texts(_ values: [(Double?, Double?, Double?)], limits: Bool = true) -> [String] {
      Wording.medians(
        values.map {
          QuantileEstimate(
            probability: 0.5, estimate: $0.0, lower: $0.1, upper: $0.2, level: 0.95)
        }, limits: limits)
    }
    #expect(
      texts([(19.82, 9.3, nil), (7.71, 4.67, 14)]) == ["19.8 (9.3 to NR)", "7.7 (4.7 to 14.0)"])
    #expect(texts([(418, 194, nil), (2204, 704, nil)]) == ["418 (194 to NR)", "2204 (704 to NR)"])
    #expect(texts([(0.25, 0.12, nil), (nil, nil, nil)]) == ["0.25 (0.12 to NR)", "NR"])
    #expect(texts([(150, 0.97, nil)]) == ["150.00 (0.97 to NR)"])
    #expect(texts([(12, -1, nil)], limits: false) == ["12"])
    #expect(texts([(1.98e10, 9.3e9, nil)]) == ["1.98e+10 (9.3e+09 to NR)"])
    #expect(texts([(0, 0, nil)]) == ["0 (0 to NR)"])
  }
}
