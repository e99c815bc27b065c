// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Testing

@Suite("CSV files")
struct CSVTableTests {
  private func table(_ text: String) throws(ImportError) -> CSVTable {
    try CSVTable(file: "x.csv", bytes: Array(text.utf8))
  }

  private func refusal(_ text: String) -> String? {
    do {
      _ = try table(text)
      return nil
    } catch {
      return error.message
    }
  }

  @Test("quotes, commas and line ends in fields, CRLF, byte-order mark, empty lines")
  func fields() throws {
    let table = try table("\u{FEFF}a,b\r\n\"x, \"\"y\"\"\nz\",1\r\n\r\n 2 ,\" 3 \"\r\n4,")
    #expect(table.header == ["a", "b"])
    #expect(try table.column("a") == ["x, \"y\"\nz", "2", "4"])
    #expect(try table.column("b") == ["1", " 3 ", ""])
    #expect(table.rowNumbers == [2, 4, 5])
  }

  @Test(
    "every line end makes rows",
    arguments: ["a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4"])
  func lineEnds(text: String) throws {
    let table = try table(text)
    #expect(try table.column("b") == ["2", "4"])
    #expect(table.rowNumbers == [2, 3])
  }

  @Test("an empty last field without a line end is a field")
  func lastField() throws {
    #expect(try table("a,b\n1,").column("b") == [""])
    #expect(try table("a,b\n1,\"\"").column("b") == [""])
  }

  @Test("a comma separates fields also before a combining mark")
  func combiningMarks() throws {
    #expect(try table("a,b\n1,\u{301}x\n").column("a") == ["1"])
  }

  @Test(
    "faults of form are one sentence with the row",
    arguments: [
      ("", "x.csv is empty"),
      ("\n\n", "x.csv is empty"),
      ("a,b\n", "x.csv has a header but no rows"),
      ("a,a\n1,2\n", "x.csv, row 1: two columns are both named a"),
      (
        "1,2\n3,4\n",
        "x.csv, row 1: the first row must be a header with the names of the columns, but it holds "
          + "1, 2"
      ),
      ("a,b\n1\n", "x.csv, row 2: the row has 1 field where the header has 2"),
      (
        "a,b\n1,2\n1,2,3\n\n1\n",
        "x.csv, row 3: the row has 3 fields where the header has 2 (and 1 more row so: 5)"
      ),
      (
        "a,b\n1,\"2\n3,4\n",
        "x.csv, row 2: a quotation mark is opened but never closed, and all after it is one field"
      ),
      (
        "a,b\n1,\"2\"x\n",
        "x.csv, row 2: text follows a closing quotation mark; quotation marks within a field must "
          + "be doubled"
      ),
      (
        "a,b\n1,5\"\n",
        "x.csv, row 2: a quotation mark stands inside a field that does not begin with one; "
          + "enclose the field in quotation marks and double those within"
      ),
    ])
  func faults(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  @Test("text that is not UTF-8 is refused, with its row")
  func encodings() {
    let latin = Array("a\ncaf".utf8) + [0xE9, 0x0A]
    #expect(throws: ImportError.self) { try CSVTable(file: "x", bytes: latin) }
    #expect(throws: ImportError.self) { try CSVTable(file: "x", bytes: [0xFF, 0xFE, 0x61, 0]) }
  }

  @Test("a column that is not there is an error that lists those that are")
  func unknownColumn() throws {
    let table = try table("time,status\n1,1\n")
    let error = #expect(throws: ImportError.self) { try table.column("Time") }
    #expect(error?.message == "x.csv has no column “Time”; its columns are time, status")
    let semicolons = try self.table("time;status\n1;1\n")
    let hint = #expect(throws: ImportError.self) { try semicolons.column("time") }
    #expect(hint?.message.hasSuffix("fields must be separated by commas") == true)
  }

  @Test("a field of a million characters is read in linear time", .timeLimit(.minutes(5)))
  func longField() throws {
    let long = String(repeating: "x", count: 1_000_000)
    let table = try table("a,b\n1,\(long)\n2,\"\(long)\"\n")
    #expect(try table.column("b") == [long, long])
  }

  @Test("missing files and folders are named")
  func missingFile() {
    let error = #expect(throws: ImportError.self) { try CSVTable(contentsOf: "/no/such.csv") }
    #expect(error?.message == "there is no file /no/such.csv")
    let folder = #expect(throws: ImportError.self) { try CSVTable(contentsOf: "/") }
    #expect(folder?.message == "/ is a folder, not a CSV file")
  }
}

@Suite("Cells")
struct CellTests {
  @Test("empty, NA and a point are missing", arguments: ["", "NA", "."])
  func missing(text: String) {
    #expect(Cell.isMissing(text))
    #expect(Cell.number(text) == nil)
  }

  @Test(
    "decimal numbers are read",
    arguments: [("12", 12.0), ("-0.5", -0.5), ("1e-3", 1e-3), ("+4.", 4), (".5", 0.5)])
  func numbers(text: String, value: Double) {
    #expect(Cell.number(text) == value)
  }

  @Test("infinity is spelt as in R")
  func infinities() {
    #expect(Cell.number("Inf") == .infinity)
    #expect(Cell.number("-Inf") == -.infinity)
  }

  @Test(
    "other text is no number",
    arguments: ["nan", "NaN", "0x10", "1e999", "1 2", "one", "1,5", "--1", "e", "infinity"])
  func notNumbers(text: String) {
    #expect(Cell.number(text) == nil)
  }
}
