import Config
import Testing

/// Whatever becomes of a config, reading it ends with a value or with errors that have a place.
@Suite struct MutationTests {
  static let seed = """
    sources:
      runway: &r
        provider: runway # a comment
        api_key: "${WORD}"
        headers: {X-Version: '2024-11-06', Y: "b\\n"}
        poll: {every: 6s, rate: 20/s, connections: '${N}'}
      other: {<<: *r, base_url: https://example.com}
    hooks:
      alert:
        on: [SUCCEEDED, FAILED]
        webhook:
          url: ${URL}
          secret: |
            whsec_é
        breaker: off
        limit: 64KiB
      run: {on: change, run: "echo $$HOME", step: 25%, breaker: {after: 3}}
    tasks: [a, b]

    """

  struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      // SplitMix64.
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test func theSeedIsGood() {
    let (config, diagnostics) = Golden.read(Self.seed)
    #expect(config != nil && diagnostics.errors.map(\.description) == [])
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func nothingBreaksTheReader(start: UInt64) {
    var random = Random(state: start)
    let seed = Array(Self.seed.utf8)
    let telling = Array("\t\n :-#&*!|>'\"%@`{}[],?~$<\\".utf8)
    var broken = 0
    for _ in 0..<750 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = telling.randomElement(using: &random)!
        case 2: bytes.insert(telling.randomElement(using: &random)!, at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
        }
      }
      let diagnostics = Diagnostics()
      let root = ConfigFile.parse(
        bytes, name: "f", folder: "/", environment: Golden.environment, diagnostics: diagnostics)
      let config = root?.read(SampleConfig.self)
      if config == nil { #expect(diagnostics.hasErrors) }
      if diagnostics.hasErrors { broken += 1 }
      #expect(
        diagnostics.errors.allSatisfy { ($0.position?.line ?? 0) >= 1 && ($0.position?.column ?? 0) >= 1 })
    }
    #expect(broken > 400)
  }
}
