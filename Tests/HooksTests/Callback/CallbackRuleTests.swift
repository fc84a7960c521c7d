import Model
import TestSupport
import Testing

@testable import Hooks

@Suite struct CallbackRuleTests {
  private static func callback(_ on: String) -> TaskCallback {
    TaskCallback(url: SecretURL("https://example.com/x"), on: on)
  }

  @Test(arguments: EventType.all)
  func whatIsToldWhereNothingIsSaid(type: EventType) {
    let isUsual =
      switch type {
      case .task, .notFound, .lost, .timedOut, .saved, .saveFailed: true
      case .progress, .stalled, .sourceDown, .sourceUp, .hookDown, .hookUp, .deliveryDead: false
      }
    let event = sampleEvent(type)
    #expect(CallbackRule.usual.fits(event) == isUsual)
    #expect(CallbackRule(stored: CallbackRule.usualText).fits(event) == isUsual)
  }

  @Test func aWordOfAnAPIThatTheConfigHasNoMoreCountsStill() {
    let rule = CallbackRule(stored: #"["MODERATING",{"from":"Submitted"}]"#)
    #expect(rule.fits(sampleEvent(.task(.unknown), status: "moderating", state: .unknown)))
    #expect(rule.fits(sampleEvent(previous: "submitted")))
    #expect(!rule.fits(sampleEvent()))
  }

  @Test(arguments: ["", "[", "[]", #"{"on":"done"}"#, #"["hook.down"]"#])
  func whatCannotBeReadCountsAsTheUsual(text: String) {
    #expect(CallbackRule(stored: text) == .usual)
  }

  @Test func rulesAreReadOnceAndDoNotFillTheMemory() {
    let rules = CallbackRules()
    for number in 0..<(CallbackRules.most * 3) {
      let rule = rules.rule(of: Self.callback("\"S\(number)\""))
      #expect(rule.on == [.word(StatusWord("s\(number)"))])
      #expect(rules.count <= CallbackRules.most)
    }
    #expect(rules.rule(of: Self.callback(#""done""#)) == rules.rule(of: Self.callback(#""done""#)))
  }

  @Test func manyAskAtOnce() async {
    let rules = CallbackRules()
    await withTaskGroup { group in
      for number in 0..<2000 {
        group.addTask {
          let name = "S\(number % 300)"
          return rules.rule(of: Self.callback("\"\(name)\"")).on == [.word(StatusWord(name))]
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
