// SPDX-License-Identifier: Apache-2.0

/// A day of the calendar, without a clock and without a time zone.
///
/// Proleptic Gregorian, from 0000-01-01 to 9999-12-31; as text always ISO 8601, `2023-06-30`. The
/// difference of two days is a whole number of days, whatever happened to clocks between them.
///
/// ```swift
/// let infusion = CalendarDay(year: 2022, month: 2, day: 27)
/// let relapse = CalendarDay("2022-03-01")
/// ```
public struct CalendarDay: Hashable, Sendable {
  /// The number of days since 1970-01-01; negative before.
  public let daysSince1970: Int

  /// The first day that there is, 0000-01-01.
  public static let first = CalendarDay(unchecked: -719_528)
  /// The last day that there is, 9999-12-31.
  public static let last = CalendarDay(unchecked: 2_932_896)

  /// A day by its distance from 1970-01-01; `nil` before the year 0 and after the year 9999.
  public init?(daysSince1970: Int) {
    guard (Self.first.daysSince1970...Self.last.daysSince1970).contains(daysSince1970) else {
      return nil
    }
    self.daysSince1970 = daysSince1970
  }

  private init(unchecked days: Int) { daysSince1970 = days }

  /// A day by year, month and day of the month; `nil` when the calendar has no such day.
  public init?(year: Int, month: Int, day: Int) {
    guard (0...9999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.length(ofMonth: month, year: year)
    else { return nil }
    // Years begin in March, so that the leap day is the last of its year; 400 years are 146097 days.
    let shifted = (month <= 2 ? year - 1 : year) + 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
    daysSince1970 = days - 719_468 - 146_097
  }

  /// Year, month and day of the month.
  public var components: (year: Int, month: Int, day: Int) {
    let shifted = daysSince1970 + 719_468 + 146_097
    let (cycle, rest) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let yearOfCycle = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365
    let dayOfYear = rest - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (cycle * 400 + yearOfCycle - 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// The number of days of a month.
  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The day that comes a number of days later, or earlier when the number is negative.
  ///
  /// Ends at ``first`` and ``last`` instead of leaving the calendar.
  public func advanced(by days: Int) -> CalendarDay {
    let (sum, overflow) = daysSince1970.addingReportingOverflow(days)
    guard !overflow else { return days < 0 ? .first : .last }
    return CalendarDay(daysSince1970: sum) ?? (sum < 0 ? .first : .last)
  }

  /// The number of days from one day to a later one; negative when it is earlier.
  public static func - (later: CalendarDay, earlier: CalendarDay) -> Int {
    later.daysSince1970 - earlier.daysSince1970
  }
}

extension CalendarDay: Comparable {
  /// Whether one day comes before another.
  public static func < (first: CalendarDay, second: CalendarDay) -> Bool {
    first.daysSince1970 < second.daysSince1970
  }
}

extension CalendarDay: LosslessStringConvertible {
  /// A day from `YYYY-MM-DD`; `nil` for any other form, and for days that do not exist.
  public init?(_ description: String) {
    var digits = [Int]()
    digits.reserveCapacity(8)
    for (position, byte) in description.utf8.enumerated() {
      if position == 4 || position == 7 {
        guard byte == UInt8(ascii: "-") else { return nil }
      } else {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), position < 10 else {
          return nil
        }
        digits.append(Int(byte - UInt8(ascii: "0")))
      }
    }
    guard digits.count == 8 else { return nil }
    self.init(
      year: digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3],
      month: digits[4] * 10 + digits[5], day: digits[6] * 10 + digits[7])
  }

  /// The day as ISO 8601, `YYYY-MM-DD`.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// The ten bytes of the ISO form.
  var bytes: [UInt8] {
    let (year, month, day) = components
    func digit(_ number: Int) -> UInt8 { UInt8(ascii: "0") + UInt8(number % 10) }
    let dash = UInt8(ascii: "-")
    return [
      digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), dash,
      digit(month / 10), digit(month), dash, digit(day / 10), digit(day),
    ]
  }
}

extension CalendarDay: Codable {
  /// Decodes a day from its ISO form.
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: A decoding error for any other text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let day = CalendarDay(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "“\(text)” is not a day YYYY-MM-DD of the calendar")
    }
    self = day
  }

  /// Encodes the day in its ISO form.
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
