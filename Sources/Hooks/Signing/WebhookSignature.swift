import Crypto
import Foundation

/// The `webhook-signature` header of Standard Webhooks 1.0.0.
package enum WebhookSignature {
  /// One signature for each secret, in order, separated by spaces: while a secret is being replaced, the old
  /// and the new one both sign. `timestamp` is in seconds since 1970.
  package static func header(
    id: String, timestamp: Int64, body: [UInt8], secrets: [SigningSecret]
  ) -> String {
    var signed = Data("\(id).\(timestamp).".utf8)
    signed.append(contentsOf: body)
    return secrets.map { $0.signature(of: signed) }.joined(separator: " ")
  }
}

extension SigningSecret {
  fileprivate func signature(of text: Data) -> String {
    switch key {
    case .symmetric(let key):
      return "v1," + Data(HMAC<SHA256>.authenticationCode(for: text, using: key)).base64EncodedString()
    case .ed25519(let key):
      // swift-crypto fails here only where the key object cannot be made, which `init` has done already. An
      // empty signature is one that no receiver accepts.
      let signature = (try? key.signature(for: text)) ?? Data()
      return "v1a," + signature.base64EncodedString()
    }
  }
}
