extension Timestamp {
  /// `2026-05-01T12:47:47.351Z` (RFC 3339, UTC, always with milliseconds).
  package var iso8601: String {
    let time = CivilTime(self)
    if (0...9999).contains(time.year) { return Self.digits(of: time) }
    return CivilTime.padded(time.year, 4) + "-" + CivilTime.padded(time.month, 2) + "-"
      + CivilTime.padded(time.day, 2) + "T" + time.clock + "." + CivilTime.padded(time.millisecond, 3) + "Z"
  }

  /// The same of a year of four digits, as nearly all are: every event's body has such a time.
  private static func digits(of time: CivilTime) -> String {
    String(unsafeUninitializedCapacity: 24) { text in
      var place = 0
      func put(_ value: Int64, _ width: Int, _ mark: Unicode.Scalar) {
        var rest = value
        for digit in stride(from: place + width - 1, through: place, by: -1) {
          text[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
        text[place + width] = UInt8(ascii: mark)
        place += width + 1
      }
      put(time.year, 4, "-")
      put(time.month, 2, "-")
      put(time.day, 2, "T")
      put(time.hour, 2, ":")
      put(time.minute, 2, ":")
      put(time.second, 2, ".")
      put(time.millisecond, 3, "Z")
      return place
    }
  }

  /// Reads an RFC 3339 time: `2026-05-01T12:47:47.351Z`, `2026-05-01 14:47:47+02:00`. Digits beyond the
  /// millisecond are dropped; nil for anything else.
  package init?(rfc3339 text: String) { self.init(text, isLoose: false) }

  /// The same, and what else ISO 8601 allows of it: no zone, which is taken as UTC, and one without a colon, `+0200`.
  package init?(iso8601 text: String) { self.init(text, isLoose: true) }

  private init?(_ text: String, isLoose: Bool) {
    var text = text
    guard let time = text.withUTF8({ Self.milliseconds($0, isLoose: isLoose) }) else { return nil }
    self.init(milliseconds: time)
  }

  private static func milliseconds(_ text: UnsafeBufferPointer<UInt8>, isLoose: Bool) -> Int64? {
    var reader = TimeReader(text)
    guard let days = reader.date(),
      reader.skip(UInt8(ascii: "T")) || reader.skip(UInt8(ascii: "t")) || reader.skip(UInt8(ascii: " ")),
      let time = reader.time(), let offset = reader.offset(isLoose: isLoose), reader.isAtEnd
    else { return nil }
    return Int64(days) * 86_400_000 + time - offset
  }
}

/// Reads the parts of a time one after the other. Times come with every answer of a task API: it works on bytes.
private struct TimeReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { at == text.count }

  /// Passes over a character; answers whether it was there.
  mutating func skip(_ character: UInt8) -> Bool {
    guard at < text.count, text[at] == character else { return false }
    at += 1
    return true
  }

  /// Days since 1970.
  mutating func date() -> Int? {
    guard let year = number(4), skip(UInt8(ascii: "-")), let month = number(2), skip(UInt8(ascii: "-")),
      let day = number(2), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return CivilTime.daysSince1970(year, month, day)
  }

  /// Milliseconds of the day.
  mutating func time() -> Int64? {
    guard let hour = number(2), skip(UInt8(ascii: ":")), let minute = number(2), skip(UInt8(ascii: ":")),
      let second = number(2), hour < 24, minute < 60, second <= 60  // 60: a leap second
    else { return nil }
    var fraction = 0
    if skip(UInt8(ascii: ".")) {
      guard let milliseconds = milliseconds() else { return nil }
      fraction = milliseconds
    }
    return Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction)
  }

  /// The zone's distance from UTC in milliseconds.
  mutating func offset(isLoose: Bool) -> Int64? {
    if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
    if isAtEnd { return isLoose ? 0 : nil }
    let isWest = text[at] == UInt8(ascii: "-")
    guard skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-")), let hours = number(2) else { return nil }
    let hasColon = skip(UInt8(ascii: ":"))
    guard hasColon || isLoose, let minutes = number(2), hours < 24, minutes < 60 else { return nil }
    return Int64(hours * 60 + minutes) * (isWest ? -60_000 : 60_000)
  }

  /// From one to nine digits of a second.
  private mutating func milliseconds() -> Int? {
    let start = at
    var value = 0
    while let digit = digit() {
      if at - start <= 3 { value = value * 10 + digit }
    }
    guard (1...9).contains(at - start) else { return nil }
    return value * [100, 10, 1][min(at - start, 3) - 1]
  }

  /// A number of so many digits.
  private mutating func number(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private mutating func digit() -> Int? {
    guard at < text.count, (48...57).contains(text[at]) else { return nil }
    at += 1
    return Int(text[at - 1]) - 48
  }
}
