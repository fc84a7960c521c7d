import Model
import Testing

@testable import HTTP

@Suite struct ProfilePoolsTests {
  private func profile() -> HTTPProfile { HTTPProfile(method: "GET", timeout: .seconds(1), bodyLimit: 1) }

  @Test func givesOnePoolToAProfile() {
    var pools = ProfilePools()
    let (a, b) = (profile(), profile())
    let first = pools[a]
    #expect(pools[b] !== first)
    #expect(pools[a] === first)
    #expect(pools.count == 2)
  }

  @Test func dropsThePoolsOfForgottenProfiles() {
    var pools = ProfilePools()
    let kept = profile()
    let first = pools[kept]
    for _ in 0..<1000 { _ = pools[profile()] }
    #expect(pools.count <= 16)
    #expect(pools[kept] === first)
  }

  @Test func keepsAPoolWithARequestUnderWay() {
    var pools = ProfilePools()
    var busy: ProfilePool? = pools[profile()]
    busy?.active = 1
    weak let pool = busy
    busy = nil
    for _ in 0..<100 { _ = pools[profile()] }
    #expect(pool != nil)
  }
}
