/// What is known of a kind, as bytes for the store: numbers little-endian, weights only where they are above 0.
///
///     kind     = version:u8 (phase:u8 model progress:u8 (advantage:f32 model){3 where progress is 1})*
///     model    = count:u32 drift:f32 sample(memory) sample(recent)
///     sample   = squares:f32 n:u8 (step:u8 weight:f32){n}
enum PaceCoding {
  private static let version: UInt8 = 1

  static func bytes(of phases: [PhaseModel?]) -> [UInt8] {
    var bytes = [version]
    for (place, phase) in phases.enumerated() {
      guard let phase else { continue }
      bytes.append(UInt8(place))
      append(phase.durations, to: &bytes)
      bytes.append(phase.progress == nil ? 0 : 1)
      for level in phase.progress?.levels ?? [] {
        append(level.advantage.bitPattern, to: &bytes)
        append(level.ratios, to: &bytes)
      }
    }
    return bytes
  }

  /// Nil where the bytes are not as written above.
  ///
  /// - Parameter prior: what is known beforehand of the durations in a phase.
  static func read(_ bytes: [UInt8], prior: (_ phase: Int) -> DurationDistribution) -> [PhaseModel?]? {
    var reader = Reader(bytes: bytes[...])
    guard reader.byte() == version else { return nil }
    var phases = [PhaseModel?](repeating: nil, count: PhaseModel.count)
    while !reader.bytes.isEmpty {
      guard let place = reader.byte().map(Int.init), place < phases.count,
        let durations = reader.model(prior(place)), let hasProgress = reader.byte()
      else { return nil }
      var progress: ProgressModel?
      if hasProgress == 1 {
        var levels: [ProgressModel.Level] = []
        for _ in 0..<ProgressModel.levelCount {
          guard let advantage = reader.float(), let ratios = reader.model(ProgressModel.even) else {
            return nil
          }
          levels.append(ProgressModel.Level(ratios: ratios, advantage: advantage))
        }
        progress = ProgressModel(levels: levels)
      }
      phases[place] = PhaseModel(durations: durations, progress: progress)
    }
    return phases
  }

  private static func append(_ model: DurationModel, to bytes: inout [UInt8]) {
    append(model.count, to: &bytes)
    append(model.drift.bitPattern, to: &bytes)
    for sample in [model.memory, model.recent] {
      append(sample.squares.bitPattern, to: &bytes)
      let steps = sample.weights.indices.filter { sample.weights[$0] > 0 }
      bytes.append(UInt8(steps.count))
      for step in steps {
        bytes.append(UInt8(step))
        append(sample.weights[step].bitPattern, to: &bytes)
      }
    }
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func byte() -> UInt8? { bytes.popFirst() }

    mutating func number() -> UInt32? {
      guard bytes.count >= 4 else { return nil }
      defer { bytes.removeFirst(4) }
      return bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func float() -> Float? {
      number().map { Float(bitPattern: $0) }.flatMap { $0.isFinite ? $0 : nil }
    }

    mutating func model(_ prior: DurationDistribution) -> DurationModel? {
      guard let count = number(), let drift = float(), let memory = sample(), let recent = sample() else {
        return nil
      }
      return DurationModel(memory: memory, recent: recent, drift: drift, count: count, prior: prior)
    }

    private mutating func sample() -> DurationSample? {
      guard let squares = float(), let steps = byte() else { return nil }
      var weights = [Float](repeating: 0, count: AgeScale.count)
      for _ in 0..<steps {
        guard let step = byte(), step < AgeScale.count, let weight = float() else { return nil }
        weights[Int(step)] = weight
      }
      return DurationSample(weights: weights, squares: squares)
    }
  }
}
