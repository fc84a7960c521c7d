import Glibc

/// When to look again at what may end at any time, with the rate at which it does known.
///
/// Of all plans that look equally often, the expected time from an end until it is seen is least where the time
/// between two looks is proportional to 1/√hazard; with a price of λ seconds a look it is √(2λ/hazard) (Barlow, Hunter
/// and Proschan, "Optimum checking procedures", 1963, for looks that are dense). So looks are due at equal steps √(2λ)
/// of ∫√hazard, which is kept here as a table; a wait does not leap over a hump that way.
package struct HazardTable: Sendable {
  /// ∫√hazard from 0 to each of `AgeScale.edges`.
  private let integral: [Float]

  package init(_ known: DurationDistribution) {
    var integral: [Float] = [0]
    integral.reserveCapacity(AgeScale.count + 1)
    var survivors = [Double](repeating: known.beyond, count: AgeScale.count + 1)
    for step in known.shares.indices.reversed() { survivors[step] = survivors[step + 1] + known.shares[step] }
    var sum = 0.0
    for step in known.shares.indices {
      let width = AgeScale.edges[step + 1] - AgeScale.edges[step]
      let hazard = -log(max(survivors[step + 1], 1e-12) / max(survivors[step], 1e-12)) / width
      sum += max(hazard, 0).squareRoot() * width
      integral.append(Float(sum))
    }
    self.integral = integral
  }

  /// The wait from an age until ∫√hazard has grown by `amount`. In the unit of the ages.
  package func wait(from age: Double, until amount: Double) -> Double {
    let edges = AgeScale.edges
    // Beyond the scale nothing is told apart.
    guard age < edges[AgeScale.count] else { return .infinity }
    let step = AgeScale.step(of: age)
    let slope = Double(integral[step + 1] - integral[step]) / (edges[step + 1] - edges[step])
    let wanted = Double(integral[step]) + slope * (age - edges[step]) + amount
    guard wanted < Double(integral[AgeScale.count]) else { return .infinity }
    var low = step
    var high = AgeScale.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Double(integral[middle]) <= wanted { low = middle } else { high = middle }
    }
    let rise = Double(integral[low + 1] - integral[low])
    guard rise > 0 else { return edges[low + 1] - age }
    return max(0, edges[low] + (wanted - Double(integral[low])) / rise * (edges[low + 1] - edges[low]) - age)
  }
}
