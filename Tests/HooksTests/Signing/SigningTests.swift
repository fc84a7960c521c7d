import Crypto
import Foundation
import Model
import Testing

@testable import Hooks

@Suite struct SigningTests {
  static let symmetric = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let asymmetric =
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
  static let v1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
  static let v1a =
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

  private func header(_ secrets: String...) throws -> String {
    WebhookSignature.header(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
      body: Array(#"{"test": 2432232314}"#.utf8),
      secrets: try secrets.map { try SigningSecret(Secret($0)) })
  }

  /// The vectors of Standard Webhooks 1.0.0.
  @Test func vectors() throws {
    #expect(try header(Self.symmetric) == Self.v1)
    #expect(try header(Self.asymmetric) == Self.v1a)
  }

  @Test func everySecretSignsInOrder() throws {
    #expect(try header(Self.symmetric, Self.asymmetric) == Self.v1 + " " + Self.v1a)
    #expect(try header(Self.asymmetric, Self.symmetric) == Self.v1a + " " + Self.v1)
  }

  @Test func aSeedAloneIsEnough() throws {
    let bytes = try #require(Data(base64Encoded: String(Self.asymmetric.dropFirst(5))))
    #expect(try header("whsk_" + bytes.prefix(32).base64EncodedString()) == Self.v1a)
  }

  @Test(arguments: [24, 25, 32, 64])
  func lengthsThatAreTaken(length: Int) throws {
    let key = Data((0..<length).map { UInt8($0) })
    let secret = try SigningSecret(Secret("whsec_" + key.base64EncodedString()))
    let signature = WebhookSignature.header(id: "a", timestamp: 1, body: [], secrets: [secret])
    let code = HMAC<SHA256>.authenticationCode(for: Data("a.1.".utf8), using: SymmetricKey(data: key))
    #expect(signature == "v1," + Data(code).base64EncodedString())
  }

  @Test(
    arguments: [
      ("", "a signing secret begins with whsec_ or whsk_"),
      ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a signing secret begins with whsec_ or whsk_"),
      ("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a signing secret begins with whsec_ or whsk_"),
      ("whsec_", "a whsec_ secret holds 24 to 64 bytes, this one 0"),
      ("whsec_not base64!", "what follows whsec_ is not base64"),
      ("whsec_c2hvcnQ=", "a whsec_ secret holds 24 to 64 bytes, this one 5"),
      (
        "whsec_" + Data(count: 65).base64EncodedString(),
        "a whsec_ secret holds 24 to 64 bytes, this one 65"
      ),
      ("whsk_c2hvcnQ=", "a whsk_ secret holds 64 bytes (seed and public key) or 32 (seed), this one 5"),
      (
        "whsk_" + Data(count: 64).base64EncodedString(),
        "the two halves of this whsk_ secret do not belong together"
      ),
      (
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
        "whpk_ begins a public key, which verifies; to sign takes the whsk_ one"
      ),
    ])
  func whatIsNoSecret(text: String, problem: String) {
    #expect(throws: SigningSecret.Malformed(description: problem)) { try SigningSecret(Secret(text)) }
    #expect(text.count < 12 || !problem.contains(text.dropFirst(6)))
  }
}
