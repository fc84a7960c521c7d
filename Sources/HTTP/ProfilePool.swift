import CCurl
import Model

/// The transfers prepared for one profile, and what they share.
final class ProfilePool {
  private(set) var profile: HTTPProfile
  /// Why nothing can be sent with this profile; nil where it can.
  let refusal: String?
  /// The profile's headers; lives as long as the pool.
  private(set) var headers = HeaderList()
  /// Whether the method carries a body even when it is empty (RFC 9110 section 8.6).
  let wantsBody: Bool
  /// Whether libcurl signs the requests.
  let signs: Bool
  /// Ready for the next request, the last one used first: its memory is warm.
  var idle: [Transfer] = []
  var active = 0

  /// Beyond this many, resting transfers (each about 25 KiB) are freed.
  static let idleLimit = 1024

  init(_ profile: HTTPProfile) {
    self.profile = profile
    wantsBody = ["POST", "PUT", "PATCH"].contains(profile.method)
    signs = profile.signing != nil
    refusal =
      RequestRules.refusal(ofMethod: profile.method)
      ?? RequestRules.refusal(ofReach: profile.reach, by: profile.connection)
      ?? profile.headers.lazy.compactMap(RequestRules.refusal(ofHeader:)).first
      ?? profile.signing.flatMap(SigningRules.refusal(of:))
    guard refusal == nil else { return }
    headers = HeaderList(profile.headers)
    // libcurl would write a list of all that it knows, twice, for each request. Of the list it counts that it is set.
    if profile.decodes, !signs,
      !profile.headers.contains(where: { $0.name.lowercased() == "accept-encoding" })
    {
      headers.append(HTTPHeader("Accept-Encoding", "gzip"))
    }
    if wantsBody, !signs { headers.suppressForBody() }
  }

  /// Whether nothing is under way and nobody but this pool holds the profile.
  var isForgotten: Bool { active == 0 && isKnownUniquelyReferenced(&profile) }

  deinit { headers.free() }
}

extension HeaderList {
  /// libcurl would add `Expect: 100-continue` to large bodies, and wait a second for an answer to it; and the
  /// media type of a form. A type that the caller gives stands before this and counts.
  ///
  /// Not for requests that are signed: libcurl 7.88 signs what was kept out, too. It then sends `Expect` with files
  /// and with bodies beyond 1 MiB, unsigned as others do, and storages answer it.
  mutating func suppressForBody() {
    suppress("Expect")
    suppress("Content-Type")
  }
}
