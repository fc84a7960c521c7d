import Crypto
import Foundation
import Model

/// A key that signs webhooks, as Standard Webhooks 1.0.0 writes it.
package struct SigningSecret: Sendable {
  enum Key: Sendable {
    /// `whsec_`: HMAC-SHA256, signatures `v1,…`.
    case symmetric(SymmetricKey)
    /// `whsk_`: ed25519, signatures `v1a,…`.
    case ed25519(Curve25519.Signing.PrivateKey)
  }

  let key: Key
  /// As it stands in the config, to mask it where it comes back.
  let source: Secret

  /// Why a text is no signing secret. Says nothing of the text but its length.
  package struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
  }

  /// What one is and how to make one, for messages.
  package static let expected =
    "whsec_ and base64 of 24 to 64 bytes, as made by: echo whsec_$(openssl rand -base64 32)"

  /// - `whsec_` and base64 of 24 to 64 bytes;
  /// - `whsk_` and base64 of 64 bytes, an ed25519 seed and its public key, or of the 32 bytes of a seed.
  package init(_ secret: Secret) throws(Malformed) {
    source = secret
    let text = secret.reveal()
    if let bytes = try Self.payload(of: text, after: "whsec_") {
      guard (24...64).contains(bytes.count) else {
        throw Malformed(description: "a whsec_ secret holds 24 to 64 bytes, this one \(bytes.count)")
      }
      key = .symmetric(SymmetricKey(data: bytes))
    } else if let bytes = try Self.payload(of: text, after: "whsk_") {
      key = .ed25519(try Self.privateKey(bytes))
    } else if text.hasPrefix("whpk_") {
      throw Malformed(description: "whpk_ begins a public key, which verifies; to sign takes the whsk_ one")
    } else {
      throw Malformed(description: "a signing secret begins with whsec_ or whsk_")
    }
  }

  private static func payload(of text: String, after prefix: String) throws(Malformed) -> Data? {
    guard text.hasPrefix(prefix) else { return nil }
    guard let bytes = Data(base64Encoded: String(text.dropFirst(prefix.count))) else {
      throw Malformed(description: "what follows \(prefix) is not base64")
    }
    return bytes
  }

  private static func privateKey(_ bytes: Data) throws(Malformed) -> Curve25519.Signing.PrivateKey {
    guard bytes.count == 32 || bytes.count == 64 else {
      throw Malformed(
        description:
          "a whsk_ secret holds 64 bytes (seed and public key) or 32 (seed), this one \(bytes.count)")
    }
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(32)) else {
      throw Malformed(description: "a whsk_ secret holds an ed25519 key, this one does not")
    }
    if bytes.count == 64, key.publicKey.rawRepresentation != bytes.suffix(32) {
      throw Malformed(description: "the two halves of this whsk_ secret do not belong together")
    }
    return key
  }
}
