// SPDX-License-Identifier: Apache-2.0

extension Assessment {
  /// Whether the assessment shows disease: 5 % blasts or more, disease outside the marrow, CNS2 or CNS3.
  var showsDisease: Bool {
    (marrowBlastPercent.map { $0 >= 5 } ?? false) || hasExtramedullaryDisease == true
      || cns?.value == .cns2 || cns?.value == .cns3
  }
}

extension ResidualDisease {
  /// In what the test is incomplete or contradicts itself; `nil` when it does not.
  var contradiction: String? {
    if let level, !(0...1).contains(level) { return "level \(level)" }
    guard let result = result?.value else { return nil }
    if method == nil { return "a result without method" }
    guard let sensitivity else { return "a result without sensitivity" }
    if result == .negative, let level, level > 0, level >= sensitivity {
      return "negative, but level \(level) at sensitivity \(sensitivity)"
    }
    return nil
  }
}

/// When a subject is known to have been in complete remission.
struct RemissionHistory {
  private let firstDay: CalendarDay?

  /// From the state before infusion, and the assessments after it: reported, or fewer than 5 % blasts
  /// without other disease.
  init(_ subject: Subject) {
    var days = subject.assessments.compactMap { assessment -> CalendarDay? in
      let isMorphologic = assessment.marrowBlastPercent.map { $0 < 5 } ?? false
      let isRemission = assessment.response?.value?.isRemission ?? isMorphologic
      return isRemission ? assessment.day : nil
    }
    if subject.preInfusion.isMorphologicRemission == true, let day = subject.product.infusionDay {
      days.append(day)
    }
    firstDay = days.min()
  }

  /// Whether a remission was seen on or before a day.
  func exists(onOrBefore day: CalendarDay) -> Bool { firstDay.map { $0 <= day } ?? false }
}
