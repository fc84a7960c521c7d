import Model
import Testing

@Suite struct ReachTests {
  private func allow(_ places: String...) throws -> Reach {
    .publicOnly(
      allow: try places.map { text in
        if let range = AddressRange(text) { return .addresses(range) }
        return .hosts(try #require(HostPattern(text)))
      })
  }

  private func refusal(_ reach: Reach, _ address: String, _ host: String? = "example.com") throws
    -> AddressKind?
  {
    reach.refusal(of: try #require(IPAddress(address)), host: host)
  }

  @Test func anywhereIsAnywhere() throws {
    for address in ["8.8.8.8", "127.0.0.1", "::1", "169.254.169.254"] {
      #expect(try refusal(.anywhere, address) == nil)
    }
  }

  @Test func publicAddressesAreAlwaysAllowed() throws {
    #expect(try refusal(.publicOnly(allow: []), "8.8.8.8") == nil)
    #expect(try refusal(allow("10.0.0.0/8", "a.internal"), "2606:4700::1111") == nil)
  }

  @Test func rangesAllowTheirAddresses() throws {
    let reach = try allow("10.1.0.0/16", "fd00::/8", "192.168.0.7")
    for address in ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "fd12::1", "192.168.0.7"] {
      #expect(try refusal(reach, address) == nil, "\(address)")
    }
    #expect(try refusal(reach, "10.2.0.1") == .privateUse)
    #expect(try refusal(reach, "192.168.0.8") == .privateUse)
    #expect(try refusal(reach, "127.0.0.1") == .loopback)
    #expect(try refusal(reach, "::ffff:127.0.0.1") == .loopback)
  }

  /// A gateway is another way than the range's own.
  @Test func rangesDoNotReachThroughTunnels() throws {
    let reach = try allow("10.0.0.0/8")
    for address in ["64:ff9b::a00:1", "2002:a00:1::1", "::a00:1", "2606:4700::5efe:a00:1"] {
      #expect(try refusal(reach, address) != nil, "\(address)")
    }
    #expect(try refusal(allow("64:ff9b::/96"), "64:ff9b::a00:1") == nil)
  }

  @Test func mappedRangesAreTheirIPv4Ranges() throws {
    let reach = try allow("::ffff:10.0.0.0/104")
    #expect(try refusal(reach, "10.0.0.1") == nil)
    #expect(try refusal(reach, "::ffff:10.0.0.1") == nil)
    #expect(try refusal(allow("::/0"), "::ffff:10.0.0.1") == nil)
    #expect(try refusal(allow("::/0"), "10.0.0.1") == .privateUse)
  }

  @Test func namesAllowWhateverTheyLeadTo() throws {
    let reach = try allow("hooks.internal", "*.lan")
    for host in ["hooks.internal", "HOOKS.Internal", "hooks.internal.", "a.lan", "a.b.lan", "A.LAN."] {
      #expect(try refusal(reach, "10.0.0.1", host) == nil, "\(host)")
    }
    for host in [
      "lan", ".lan", "hooks.internal.example", "xhooks.internal", "a.hooks.internal", "hooks.internal..",
      "alan", "",
    ] {
      #expect(try refusal(reach, "10.0.0.1", host) == .privateUse, "\(host)")
    }
    #expect(try refusal(reach, "127.0.0.1", nil) == .loopback)
  }

  @Test func theHostIsAskedForOnlyWhereItCounts() throws {
    func host() -> String? {
      Issue.record("asked for")
      return nil
    }
    let loopback = IPAddress.v4(0x7F00_0001)
    #expect(Reach.anywhere.refusal(of: loopback, host: host()) == nil)
    #expect(try allow("127.0.0.0/8", "a.lan").refusal(of: loopback, host: host()) == nil)
    #expect(try allow("10.0.0.0/8").refusal(of: loopback, host: host()) == .loopback)
    #expect(try allow("a.lan").refusal(of: .v4(0x0808_0808), host: host()) == nil)
  }
}
