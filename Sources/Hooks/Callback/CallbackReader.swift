import Config
import Model

/// Makes a task's own webhook of what came in through the API.
package struct CallbackReader: Sendable {
  /// What of a callback cannot be taken, and why, in words for whoever sent it. Shows neither URL nor secret.
  package struct Mistake: Error, Sendable, Equatable {
    package enum Member: String, Sendable { case url, secret, on }

    package var member: Member
    package var reason: String

    package init(_ member: Member, _ reason: String) {
      self.member = member
      self.reason = reason
    }
  }

  /// Longest URL, and longest `on`, in bytes: each watched task may have its own in memory.
  package static let longest = 4096

  private let knowledge: RuleKnowledge
  private let reach: Reach

  /// - Parameters:
  ///   - knowledge: what the words of a rule are held against.
  ///   - places: what callbacks may reach beside public addresses.
  package init(knowing knowledge: RuleKnowledge, allow places: [AllowedPlace]) {
    self.knowledge = knowledge
    reach = .publicOnly(allow: places)
  }

  /// - Parameter on: JSON text; nil, or `null`, for the usual events (`CallbackRule.usualText`).
  package func read(url: String, secret: String?, on: [UInt8]?) throws(Mistake) -> TaskCallback {
    if let reason = refusal(of: url) { throw Mistake(.url, reason) }
    let secret = secret.map { Secret($0) }
    if let secret {
      do throws(SigningSecret.Malformed) {
        _ = try SigningSecret(secret)
      } catch {
        throw Mistake(.secret, "\(error). Expected: \(SigningSecret.expected)")
      }
    }
    return TaskCallback(url: SecretURL(url), secret: secret, on: try rule(on))
  }

  private func rule(_ on: [UInt8]?) throws(Mistake) -> String {
    guard let on, !on.elementsEqual("null".utf8) else { return CallbackRule.usualText }
    if on.count > Self.longest { throw Mistake(.on, "is longer than \(Self.longest) bytes") }
    switch CallbackOn.read(on, knowing: knowledge) {
    case .success(let reading): return reading.text
    case .failure(let mistake): throw Mistake(.on, mistake.reason)
    }
  }

  /// The rules of the config's URLs. Names are looked up when they are connected to; an address that stands there
  /// itself is judged at once.
  private func refusal(of url: String) -> String? {
    if url.utf8.count > Self.longest { return "the URL is longer than \(Self.longest) bytes" }
    if let refusal = URLText.refusal(of: url, schemes: ["http", "https"]) {
      return "the URL \(refusal). Expected: a URL with http:// or https://"
    }
    guard let address = Self.address(in: url), let kind = reach.refusal(of: address, host: nil) else {
      return nil
    }
    return
      "the URL leads to \(kind.rawValue), which callbacks may not reach; server.callbacks.allow opens more"
  }

  /// The address that stands in the place of the host; nil where that is a name.
  private static func address(in url: String) -> IPAddress? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    if host.hasPrefix("[") { return IPAddress(host.dropFirst().prefix { $0 != "]" && $0 != "%" }) }
    return IPAddress(host.prefix { $0 != ":" })
  }
}
