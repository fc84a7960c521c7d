import Model

/// The pools of all profiles in use.
///
/// A pool holds its profile. One that nobody else holds can bring no more requests, and its pool is dropped:
/// looked for each time the number of pools has doubled.
struct ProfilePools {
  private var pools: [ObjectIdentifier: ProfilePool] = [:]
  private var latest: ProfilePool?
  private var sweepAt = 8

  var count: Int { pools.count }

  subscript(_ profile: HTTPProfile) -> ProfilePool {
    mutating get {
      if let latest, latest.profile === profile { return latest }
      let pool = pools[ObjectIdentifier(profile)] ?? add(profile)
      latest = pool
      return pool
    }
  }

  private mutating func add(_ profile: HTTPProfile) -> ProfilePool {
    if pools.count >= sweepAt {
      latest = nil
      pools = pools.filter { !$0.value.isForgotten }
      sweepAt = max(8, pools.count * 2)
    }
    let pool = ProfilePool(profile)
    pools[ObjectIdentifier(profile)] = pool
    return pool
  }
}
