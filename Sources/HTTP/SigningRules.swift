import Model

/// What libcurl's AWS signing needs of a request.
///
/// libcurl 7.88 signs path, query and headers as they are given. The storage checks the signature against their
/// canonical form (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), so
/// they have to be in that form from the beginning: what is not is refused here, and would else come back as a
/// wrong signature. Newer versions bring some of it into that form by themselves, and leave the rest as it is.
enum SigningRules {
  // MARK: Keys

  /// Why nothing can be signed with this; what libcurl's option and the header hold must not run into one another.
  static func refusal(of signing: AWSSigning) -> String? {
    for (name, text) in [("region", signing.region), ("service", signing.service)] {
      guard HeaderSyntax.isToken(text), text.utf8.count <= 64 else {
        return "the signature's \(name) is empty, too long or holds a character that is not allowed there"
      }
    }
    let separators = Array("/,".utf8)
    guard !signing.accessKey.isEmpty,
      signing.accessKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !separators.contains($0) })
    else { return "the signature's access key is empty or holds a character that is not allowed there" }
    let secret = signing.secretKey.reveal()
    guard !secret.isEmpty, secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      return "the signature's secret key is empty or holds a control character"
    }
    return nil
  }

  // MARK: URLs

  /// Each part percent-encoded as the storage does it, with large letters and nothing encoded that need not be;
  /// parameters in the order of their names, each with a `=`.
  static func refusal(ofURL url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let parts = url[scheme.upperBound...].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let place = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    if place[0].contains("@") { return "a URL that is signed cannot hold a user" }
    guard place.count == 1 || isCanonical(place[1], beside: "/") else {
      return "the path of a URL that is signed is not percent-encoded as signing needs it"
    }
    guard parts.count == 2, !parts[1].isEmpty else { return nil }
    var last: (name: Substring, value: Substring)?
    for parameter in parts[1].split(separator: "&", omittingEmptySubsequences: false) {
      let sides = parameter.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, isCanonical(sides[0]), isCanonical(sides[1]) else {
        return "the query of a URL that is signed is not NAME=VALUE, percent-encoded as signing needs it"
      }
      if let last, (sides[0], sides[1]) < last { return "the query of a URL that is signed is not sorted" }
      last = (sides[0], sides[1])
    }
    return nil
  }

  /// Whether a text is what encoding its decoded form gives (RFC 3986 section 2.3: letters, digits and `-._~` stand
  /// for themselves).
  private static func isCanonical(_ text: Substring, beside separator: Character? = nil) -> Bool {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2]),
          !isPlain(high << 4 | low), high << 4 | low != separator?.asciiValue
        else { return false }
        index += 3
      } else {
        guard isPlain(bytes[index]) || bytes[index] == separator?.asciiValue else { return false }
        index += 1
      }
    }
    return true
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// The value of a digit of base 16, letters large.
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  // MARK: Headers

  /// - Parameters:
  ///   - headers: the request's and its profile's.
  ///   - sendsBytes: whether it has a body that is no file.
  static func refusal(ofHeaders headers: [HTTPHeader], sendsBytes: Bool) -> String? {
    let names = headers.map { $0.name.lowercased() }
    for name in ["authorization", "date", "x-amz-date"] where names.contains(name) {
      return "the header \(name) is set by the signature alone"
    }
    // libcurl takes the hash of a body in memory, and for a file that of nothing; it sends neither.
    guard names.contains("x-amz-content-sha256") else {
      return "a request that is signed needs the header x-amz-content-sha256"
    }
    // Else libcurl adds that of a form, unsigned.
    guard !sendsBytes || names.contains("content-type") else {
      return "a request with a body that is signed needs the header content-type"
    }
    guard Set(names).count == names.count else { return "a request that is signed can hold each header once" }
    // `Name;`, libcurl's way to write them, is signed as it stands.
    guard headers.allSatisfy({ $0.value.contains { $0 != " " && $0 != "\t" } }) else {
      return "a request that is signed cannot hold an empty header"
    }
    // libcurl sorts whole lines: `a-b: 1` before `a: 1`.
    let all = names + ["host", "x-amz-date"]
    guard all.map({ $0 + ":" }).sorted() == all.sorted().map({ $0 + ":" }) else {
      return "a request that is signed cannot hold a header whose name begins with another's"
    }
    return nil
  }
}
