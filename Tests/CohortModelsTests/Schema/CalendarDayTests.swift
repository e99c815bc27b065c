// SPDX-License-Identifier: Apache-2.0

import CohortModels
import Foundation
import Testing

@Suite("Calendar days")
struct CalendarDayTests {
  @Test("every day of 10000 years comes back, one after another")
  func everyDay() throws {
    var expected = (year: 0, month: 1, day: 1)
    for days in CalendarDay.first.daysSince1970...CalendarDay.last.daysSince1970 {
      guard let day = CalendarDay(daysSince1970: days) else {
        Issue.record("no day \(days)")
        return
      }
      let parts = day.components
      guard parts == expected,
        CalendarDay(year: parts.year, month: parts.month, day: parts.day) == day
      else {
        Issue.record("day \(days) is \(parts), not \(expected)")
        return
      }
      // The next day by the rules of the calendar, spelt out.
      let isLeap =
        expected.year % 400 == 0 || expected.year % 4 == 0 && expected.year % 100 != 0
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      expected.day += 1
      if expected.day > lengths[expected.month - 1] {
        expected = (expected.year, expected.month + 1, 1)
      }
      if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
    }
    #expect(expected == (10_000, 1, 1))
  }

  @Test(
    "agrees with known days",
    arguments: [
      ("1970-01-01", 0), ("2000-02-29", 11_016), ("1900-03-01", -25_508), ("2038-01-19", 24_855),
      ("1969-12-31", -1), ("0000-01-01", -719_528), ("9999-12-31", 2_932_896),
    ])
  func known(text: String, days: Int) throws {
    let day = try #require(CalendarDay(text))
    #expect(day.daysSince1970 == days)
    #expect(day.description == text)
  }

  @Test(
    "refuses every other form and days that do not exist",
    arguments: [
      "", "2022", "2022-05", "2022-5-01", "22-05-01", "2022/05/01", "01.05.2022",
      "2022-05-01T00:00",
      "2022-13-01", "2022-00-01", "2022-02-29", "1900-02-29", "2022-04-31", "2022-01-00",
      " 2022-05-01",
      "2022-05-01 ", "-022-05-01", "2022-05-0१", "20220501", "12022-05-01",
    ])
  func refused(text: String) {
    #expect(CalendarDay(text) == nil)
  }

  @Test("differences are whole days, and the calendar has ends")
  func arithmetic() throws {
    let day = try #require(CalendarDay(year: 2023, month: 12, day: 31))
    #expect(day.advanced(by: 1).description == "2024-01-01")
    #expect(day.advanced(by: 60) - day == 60)
    #expect(day.advanced(by: 60).description == "2024-02-29")
    #expect(day.advanced(by: .max) == .last)
    #expect(day.advanced(by: .min) == .first)
    #expect(CalendarDay.last.advanced(by: 1) == .last)
    #expect(day < day.advanced(by: 1))
    #expect(CalendarDay(daysSince1970: 3_000_000) == nil)
    #expect(CalendarDay(year: 10_000, month: 1, day: 1) == nil)
  }

  @Test("is encoded as its ISO form, and nothing else is decoded")
  func coding() throws {
    let day = try #require(CalendarDay("2022-02-27"))
    let data = try JSONEncoder().encode([day])
    #expect(String(decoding: data, as: UTF8.self) == "[\"2022-02-27\"]")
    #expect(try JSONDecoder().decode([CalendarDay].self, from: data) == [day])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([CalendarDay].self, from: Data("[\"2022-02-30\"]".utf8))
    }
  }
}
