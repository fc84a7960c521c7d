import Config
import Model

/// A bucket of an S3-compatible storage, and a place in it.
package struct S3Bucket: Sendable, Hashable {
  package var name: String
  /// Before each key; without slashes at its ends, may be empty.
  package var prefix: String
  /// Scheme and host, perhaps with a port and a path, without a slash at its end; nil for Amazon's own.
  package var endpoint: String?
  package var signing: AWSSigning
  /// Of temporary credentials.
  package var sessionToken: Secret?

  package init(
    name: String, prefix: String = "", endpoint: String? = nil, signing: AWSSigning,
    sessionToken: Secret? = nil
  ) {
    self.name = name
    self.prefix = prefix
    self.endpoint = endpoint
    self.signing = signing
    self.sessionToken = sessionToken
  }

  /// What a name within the target is in the bucket.
  func key(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix)/\(name)" }

  /// `s3://BUCKET/KEY` of a name within the target.
  func path(_ name: String) -> String { "s3://\(self.name)/\(key(name))" }

  /// The URL of a key.
  ///
  /// With an endpoint the bucket stands in the path, which every storage understands. Amazon's own wants it in the
  /// host's name ("Virtual hosting of buckets" in its user guide), but where it has a dot: the certificate fits no
  /// such name.
  func url(ofKey key: String) -> String {
    let path = key.split(separator: "/", omittingEmptySubsequences: false)
      .map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
    if let endpoint { return "\(endpoint)/\(name)/\(path)" }
    let domain = "s3.\(signing.region).amazonaws.com" + (signing.region.hasPrefix("cn-") ? ".cn" : "")
    return name.contains(".") ? "https://\(domain)/\(name)/\(path)" : "https://\(name).\(domain)/\(path)"
  }

  /// The bucket and the prefix of `s3://BUCKET/PREFIX`; throws what is wrong with it, to follow the text.
  static func parse(_ text: String) throws(TextProblem) -> (name: String, prefix: String) {
    let rest = text.dropFirst("s3://".count)
    let name = rest.prefix { $0 != "/" }
    let parts = rest[name.endIndex...].split(separator: "/")
    if name.isEmpty { throw TextProblem("names no bucket", suggestion: nil) }
    // Amazon's rules are narrower ("General purpose bucket naming rules"); older buckets and others' have these.
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard isPlain, (3...255).contains(name.utf8.count), !name.contains(".."), !name.hasPrefix(".") else {
      throw TextProblem("names no bucket that can be: letters, digits and - . _, 3 at least")
    }
    if parts.contains(where: { $0 == "." || $0 == ".." }) {
      throw TextProblem("has \".\" or \"..\" in its path")
    }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw TextProblem("has a control character in it")
    }
    // The rest of the 1,024 bytes that a key can have is the names'.
    if parts.joined(separator: "/").utf8.count > 256 {
      throw TextProblem("has a prefix of more than 256 bytes")
    }
    return (String(name), parts.joined(separator: "/"))
  }
}
