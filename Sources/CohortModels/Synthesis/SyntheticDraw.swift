// SPDX-License-Identifier: Apache-2.0

/// Draws the subjects of a synthetic cohort, the whole of them at a time, so that counts are met.
struct SyntheticDraw {
  /// The last day of the data [A].
  static let dataLock = CalendarDay(year: 2023, month: 8, day: 31) ?? .last

  private let process: SyntheticProcess
  private var draws: SeededDraws
  private let infusedCount: Int
  private let notInfusedCount: Int
  private let siteCount: Int

  init(seed: UInt64, count: Int, process: SyntheticProcess) {
    self.process = process
    draws = SeededDraws(seed: seed)
    infusedCount = Self.share(189, of: 204, in: count)
    notInfusedCount = count - infusedCount
    siteCount = Swift.max(1, Self.share(31, of: 204, in: count))
  }

  /// A printed count, in proportion to another number of subjects.
  private static func share(_ part: Int, of whole: Int, in count: Int) -> Int {
    Int((Double(count) * Double(part) / Double(whole)).rounded())
  }

  /// Marks of a printed count of the 189, at random places.
  private mutating func marks(_ part: Int, of whole: Int = 189, in count: Int) -> [Bool] {
    draws.marks(Self.share(part, of: whole, in: count), of: count)
  }

  /// Marks of some of those who are marked.
  private mutating func marks(_ part: Int, of whole: Int, among marked: [Bool]) -> [Bool] {
    let places = marked.indices.filter { marked[$0] }
    var result = [Bool](repeating: false, count: marked.count)
    let chosen = marks(part, of: whole, in: places.count)
    for (place, isChosen) in zip(places, chosen) { result[place] = isChosen }
    return result
  }

  /// Marks of a printed share in each of two arms, so that the arms do not differ.
  private mutating func marks(_ part: Int, of whole: Int, ofEach arm: [Bool]) -> [Bool] {
    let count = arm.count { $0 }
    let total = Self.share(part, of: whole, in: arm.count)
    let inArm = Self.share(total, of: Swift.max(1, arm.count), in: count)
    let first = marks(inArm, of: Swift.max(1, count), among: arm)
    let others = arm.count - count
    let second = marks(total - inArm, of: Swift.max(1, others), among: arm.map { !$0 })
    return zip(first, second).map { $0 || $1 }
  }

  /// Numbers spread evenly between 0 and 1, in random order, so that their median and range do not
  /// depend on luck; with ends, the least and the greatest are next to 0 and 1.
  private mutating func spread(_ count: Int, withEnds: Bool = false) -> [Double] {
    var shares = (0..<count).map { (Double($0) + draws.uniform()) / Double(count) }
    if withEnds, count > 1 { (shares[0], shares[count - 1]) = (1e-9, 1 - 1e-9) }
    draws.shuffle(&shares)
    return shares
  }

  mutating func subjects() -> [Subject] {
    var subjects = infused() + notInfused()
    subjects = subjects.enumerated().sorted {
      ($0.element.product.apheresisDay ?? .last, $0.offset)
        < ($1.element.product.apheresisDay ?? .last, $1.offset)
    }.map(\.element)
    let digits = Swift.max(4, "\(subjects.count)".count)
    for place in subjects.indices {
      let number = "\(place + 1)"
      let zeros = String(repeating: "0", count: digits - number.count)
      subjects[place].subjectID = "SYNTHETIC-\(zeros)\(number)"
    }
    return subjects
  }

  // MARK: - Infused

  private mutating func infused() -> [Subject] {
    let count = infusedCount
    var records = profiles(count)
    let exposed = records.map(\.traits.isExposed)
    let active =
      zip(marks(67, of: 103, among: exposed), marks(42, of: 86, among: exposed.map { !$0 }))
      .map { $0 || $1 }
    let shares = spread(count)
    for place in records.indices {
      records[place].traits.isActive = active[place]
      records[place].course = process.course(
        records[place].traits, followUpShare: shares[place], &draws)
    }
    assignResponses(&records)
    let remission = remissionBeforeInfusion(active, records)
    let cns = marks(31, in: count)
    let fluCy = marks(88, of: 100, in: count)
    let crs = marks(157, of: 189, ofEach: exposed)
    let severeCRS = marks(20, of: 157, among: crs)
    let icans = marks(106, of: 189, ofEach: exposed)
    let severeICANS = marks(58, of: 106, among: icans)
    let transplants = transplants(records)
    return records.indices.map { place in
      let record = records[place]
      var builder = SyntheticSubject(
        record, draws: draws, lock: Self.dataLock, siteCount: siteCount)
      builder.setDates(isFluCy: fluCy[place])
      builder.setDisease(isRemission: remission[place], hasCNS: cns[place])
      builder.setToxicity(.crs, isPresent: crs[place], isSevere: severeCRS[place])
      builder.setToxicity(.icans, isPresent: icans[place], isSevere: severeICANS[place])
      builder.setCourse(isTransplant: transplants[place])
      draws = builder.draws
      return builder.subject
    }
  }

  /// Sex, race, exposure and earlier therapy, with the counts that are printed.
  private mutating func profiles(_ count: Int) -> [SyntheticProfile] {
    var races = RaceEthnicity.allCases.enumerated().flatMap { place, race in
      [RaceEthnicity](
        repeating: race, count: Self.share([104, 57, 13, 11, 4][place], of: 189, in: count))
    }
    while races.count < count { races.append(.nonHispanicWhite) }
    races.removeLast(races.count - count)
    draws.shuffle(&races)
    let male = marks(108, in: count)
    let exposed = marks(103, in: count)
    let bridging = marks(29, of: 103, among: exposed)
    let refractory = marks(43, of: 103, among: exposed)
    let transplanted = marks(46, of: 100, in: count)
    let blinatumomab = marks(53, of: 100, in: count)
    let negative = marks(71, of: 100, in: count)
    let share = process.consolidationShare
    let willing = zip(
      marks(Int(share.exposed * 1000), of: 1000, among: exposed),
      marks(Int(share.naive * 1000), of: 1000, among: exposed.map { !$0 })
    ).map { $0 || $1 }
    let ages = spread(count, withEnds: true)
    let doses = spread(exposed.count { $0 }, withEnds: true)
    let lines = (naive: spread(exposed.count { !$0 }), exposed: spread(exposed.count { $0 }))
    let waits = spread(count)
    var seen = (naive: 0, exposed: 0)
    return (0..<count).map { place in
      var profile = SyntheticProfile()
      profile.sex = male[place] ? .male : .female
      profile.race = races[place]
      profile.traits.isExposed = exposed[place]
      profile.traits.isRefractory = refractory[place]
      profile.traits.isWilling = willing[place]
      profile.waitDays = Int(
        (31 * SeededDraws.exponential(0.3 * SeededDraws.normalQuantile(waits[place]))).rounded())
      profile.age = Int((45 + 15 * SeededDraws.normalQuantile(ages[place])).rounded())
      if exposed[place] {
        profile.traits.lines =
          1 + SeededDraws.poissonQuantile(lines.exposed[seen.exposed], mean: 2.75)
        let normal = SeededDraws.normalQuantile(doses[seen.exposed])
        profile.doses = Swift.min(22, 1 + Int(2.3 * SeededDraws.exponential(0.8 * normal)))
        seen.exposed += 1
      } else {
        profile.traits.lines = 1 + SeededDraws.poissonQuantile(lines.naive[seen.naive], mean: 2.15)
        seen.naive += 1
      }
      profile.isBridging = bridging[place]
      profile.hadTransplant = transplanted[place]
      profile.hadBlinatumomab = blinatumomab[place]
      profile.isPhiladelphiaNegative = negative[place]
      return profile
    }
  }

  /// Who has no remission on day 28, who is not evaluable then, and who is in remission.
  ///
  /// Those who progress first have no remission; those who die or are not assessed in the window cannot
  /// be evaluated; all others are in remission, in the numbers printed as far as the courses allow.
  private mutating func assignResponses(_ records: inout [SyntheticProfile]) {
    let count = records.count
    for place in records.indices {
      let day = 28 + Int((draws.normal() * 2.5).rounded())
      records[place].assessmentDay = Swift.min(35, Swift.max(21, day))
    }
    let failures = records.indices.filter { place in
      let course = records[place].course
      return course.isEventSeen && !course.eventIsDeath && course.consolidation == nil
        && course.death > records[place].assessmentDay
    }.sorted { (records[$0].course.event, $0) < (records[$1].course.event, $1) }
    // As many in proportion in both arms, whose response rates are called comparable.
    let total = Self.share(17, of: 189, in: count)
    let ofExposed = Self.share(
      total, of: Swift.max(1, count), in: records.count { $0.traits.isExposed })
    for (isExposed, number) in [(true, ofExposed), (false, total - ofExposed)] {
      let arm = failures.filter { records[$0].traits.isExposed == isExposed }
      for place in arm.prefix(number) { records[place].response = .failure }
    }
    var possible = records.indices.filter { place in
      records[place].response == .notEvaluable && records[place].course.lastFreeDay >= 21
    }
    let missed = possible.count - Self.share(151, of: 189, in: count)
    if missed > 0 {
      // Nobody is consolidated without an assessment before.
      var unseen = possible.filter { records[$0].course.consolidation == nil }
      draws.shuffle(&unseen)
      let left = Set(unseen.prefix(missed))
      possible.removeAll { left.contains($0) }
    }
    let negative = draws.marks(Self.share(119, of: 151, in: possible.count), of: possible.count)
    for (place, isNegative) in zip(possible, negative) {
      records[place].response = .remission
      records[place].isMRDNegative = isNegative
      let course = records[place].course
      let latest = Swift.min(course.lastFreeDay, course.consolidation ?? course.lastFreeDay)
      records[place].assessmentDay = Swift.min(records[place].assessmentDay, latest)
    }
  }

  /// Which consolidations are transplants: of those in remission 22 % had one, and 17 % maintenance.
  private mutating func transplants(_ records: [SyntheticProfile]) -> [Bool] {
    marks(22, of: 39, among: records.map { $0.seenConsolidation != nil })
  }

  /// Who is infused in morphologic remission: mostly those without active disease before apheresis.
  private mutating func remissionBeforeInfusion(
    _ active: [Bool], _ records: [SyntheticProfile]
  ) -> [Bool] {
    let keys = active.indices.map { place -> (key: Double, place: Int) in
      (draws.uniform() * (active[place] ? 0.6 : 1), place)
    }
    let count = Self.share(79, of: 189, in: active.count)
    var result = [Bool](repeating: false, count: active.count)
    for (_, place) in keys.sorted(by: { $0 > $1 }).prefix(count) { result[place] = true }
    return result
  }

  // MARK: - Not infused

  private mutating func notInfused() -> [Subject] {
    profiles(notInfusedCount).map { profile in
      var profile = profile
      profile.traits.isActive = draws.happens(0.8)
      profile.course.followUp = draws.integer(in: 60...600)
      var builder = SyntheticSubject(
        profile, draws: draws, lock: Self.dataLock, siteCount: siteCount)
      builder.setDates(isFluCy: true)
      builder.setDisease(isRemission: false, hasCNS: draws.happens(0.16))
      builder.setNotInfused()
      draws = builder.draws
      return builder.subject
    }
  }
}

/// What is decided of a subject before the record is written.
struct SyntheticProfile {
  /// What day 28 shows.
  enum Response {
    case notEvaluable, failure, remission
  }

  var sex = Sex.female
  var race = RaceEthnicity.other
  var traits = SyntheticProcess.Traits()
  var age = 45
  /// From apheresis to infusion.
  var waitDays = 31
  var doses = 0
  var isBridging = false
  var hadTransplant = false
  var hadBlinatumomab = false
  var isPhiladelphiaNegative = true
  var course = SyntheticProcess.Course(
    event: .max, eventIsDeath: false, death: .max, consolidation: nil, followUp: 0)
  var response = Response.notEvaluable
  var isMRDNegative = false
  /// The day of the assessment that is taken for that of day 28, counted from infusion.
  var assessmentDay = 28

  /// The day of consolidation, if it was in remission and within follow-up.
  var seenConsolidation: Int? {
    guard response == .remission, let day = course.consolidation, day <= course.followUp else {
      return nil
    }
    return day
  }
}
