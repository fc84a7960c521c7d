import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct CallbackReaderTests {
  private static func reader(allow: [String] = []) -> CallbackReader {
    CallbackReader(
      knowing: HookReading.knowledge,
      allow: allow.compactMap { AddressRange($0).map(AllowedPlace.addresses) })
  }

  private static func mistake(
    url: String = "https://example.com/hook", secret: String? = nil, on: String? = nil, allow: [String] = []
  ) -> CallbackReader.Mistake? {
    do throws(CallbackReader.Mistake) {
      _ = try reader(allow: allow).read(url: url, secret: secret, on: on.map { Array($0.utf8) })
      return nil
    } catch {
      return error
    }
  }

  @Test func whatIsRead() throws {
    let callback = try Self.reader().read(
      url: "https://Example.com:8443/hook?x=1", secret: SigningTests.symmetric,
      on: Array(#" [ "done", {"progress": "25%"} ] "#.utf8))
    #expect(callback.url.reveal() == "https://Example.com:8443/hook?x=1")
    #expect(callback.secret?.reveal() == SigningTests.symmetric)
    #expect(callback.on == #"["done",{"progress":"25%"}]"#)
    #expect(callback.hook == "callback:https://example.com:8443")
  }

  @Test(arguments: [nil, "null"])
  func withoutOnItHasTheUsualEvents(on: String?) throws {
    let callback = try Self.reader().read(
      url: "http://example.com", secret: nil, on: on.map { Array($0.utf8) })
    #expect(callback.on == CallbackRule.usualText && callback.secret == nil)
  }

  @Test(
    arguments: [
      ("", "the URL is empty"), ("example.com/x", "the URL has no scheme"),
      ("ftp://example.com/", "the URL has another scheme"),
      ("file:///etc/passwd", "the URL has another scheme"),
      ("https:///x", "the URL has no host"), ("https://example.com/a b", "the URL has white space in it"),
      ("https://example.com:0/", "the URL has no port number"),
      ("https://example.com\\@10.0.0.1/", "the URL has a character in it"),
      ("https://example.com/" + String(repeating: "x", count: 4096), "the URL is longer than 4096 bytes"),
      ("http://127.0.0.1:8080/x", "the URL leads to a loopback address, which callbacks may not reach"),
      ("http://user:word@10.1.2.3/x", "the URL leads to a private address, which callbacks may not reach"),
      ("http://169.254.169.254/latest", "the URL leads to a cloud's metadata address"),
      ("http://[::1]/x", "the URL leads to a loopback address"),
      ("http://[::ffff:192.168.0.1]:80/x", "the URL leads to a private address"),
      ("http://[fe80::1%25eth0]/x", "the URL leads to a link-local address"),
      ("http://100.64.0.1?x", "the URL leads to a carrier-grade NAT address"),
    ])
  func urlsThatAreRefused(url: String, reason: String) {
    let mistake = Self.mistake(url: url)
    #expect(mistake?.member == .url)
    #expect(mistake?.reason.hasPrefix(reason) == true, "\(mistake?.reason ?? "it was taken")")
    #expect(url.isEmpty || mistake?.reason.contains(url) == false, "it may be a credential")
  }

  @Test func namesAreJudgedWhenTheyAreConnectedTo() {
    for url in [
      "http://localhost/x", "https://10.example.com/", "http://93.184.216.34/", "http://[2606:2800::1]/",
    ] {
      #expect(Self.mistake(url: url) == nil, "\(url)")
    }
  }

  @Test func addressesThatAreAllowedAreTaken() {
    #expect(Self.mistake(url: "http://127.0.0.1:8080/x", allow: ["127.0.0.0/8"]) == nil)
    #expect(Self.mistake(url: "http://127.0.0.1:8080/x", allow: ["10.0.0.0/8"])?.member == .url)
  }

  @Test(
    arguments: [
      ("", "a signing secret begins with whsec_ or whsk_"),
      ("hunter2", "a signing secret begins with whsec_ or whsk_"),
      ("whsec_!!", "what follows whsec_ is not base64"),
      ("whpk_AAAA", "whpk_ begins a public key"),
    ])
  func secretsThatAreRefused(secret: String, reason: String) {
    let mistake = Self.mistake(secret: secret)
    #expect(mistake?.member == .secret)
    #expect(mistake?.reason.hasPrefix(reason) == true && mistake?.reason.contains("Expected: whsec_") == true)
    #expect(mistake?.reason.contains("hunter2") == false)
  }

  @Test(
    arguments: [
      ("[", "is no JSON: the text ends too soon"), ("done", "is no JSON: "),
      (
        #""SUCEEDED""#,
        #""SUCEEDED" is no status of a source, no state and no event type; did you mean "SUCCEEDED"? Expected: "#
      ),
      (
        #"["done", {"from": "RUNING"}]"#,
        #"[1].from: "RUNING" is no status of a source and no state; did you"#
      ),
      ("[]", "the list is empty. Expected: "), ("{}", "neither from nor to nor progress stands here"),
      (#"[["done"]]"#, "[0]: a list stands here"), ("7", #""7" is no status"#),
      ("true", #""true" is no status"#),
      (#"{"progress": 25}"#, #".progress: "25" has no unit; did you mean "25%"?"#),
      (#"{"form": "RUNNING"}"#, #".form: unknown key; did you mean "from"?"#),
      (#"{"to": "done", "to": "FAILED"}"#, ".to: "),
      (#""hook.down""#, "hook.down is no event of a task"),
      (#"["source.up"]"#, "source.up is no event of a task"),
      (#""delivery.dead""#, "delivery.dead is no event of a task"),
    ])
  func rulesThatAreRefused(on: String, reason: String) {
    let mistake = Self.mistake(on: on)
    #expect(mistake?.member == .on)
    #expect(mistake?.reason.hasPrefix(reason) == true, "\(mistake?.reason ?? "it was taken")")
  }

  @Test func everyMistakeOfARuleIsTold() {
    let reason = Self.mistake(on: #"["FALED", "SUCEEDED"]"#)?.reason
    #expect(reason?.contains(#"[0]: "FALED" is no status"#) == true)
    #expect(reason?.contains(#". [1]: "SUCEEDED" is no status"#) == true)
  }

  /// The reader of the config would put these in.
  @Test(arguments: ["${HOME}", "${file:/etc/hostname}", "${X:-done}", "$$", "${"])
  func nothingIsPutIn(word: String) {
    let mistake = Self.mistake(on: "\"\(word)\"")
    #expect(
      mistake?.reason.hasPrefix("\"\(word)\" is no status of a source") == true, "\(mistake?.reason ?? "")")
  }

  @Test func escapesOfJSONAreRead() throws {
    let callback = try Self.reader().read(
      url: "https://example.com", secret: nil, on: Array(#""\u0053UCCEEDE\u0044""#.utf8))
    #expect(callback.on == #""SUCCEEDED""#)
    #expect(CallbackRule(stored: callback.on).fits(sampleEvent()))
  }

  @Test func aRuleThatIsTooLongIsRefused() {
    let on = "[" + String(repeating: #""done","#, count: 600) + #""done"]"#
    #expect(Self.mistake(on: on)?.reason == "is longer than 4096 bytes")
  }
}
