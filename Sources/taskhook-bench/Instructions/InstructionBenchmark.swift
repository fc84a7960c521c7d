import Foundation

/// How many instructions a poll takes, counted by callgrind: a figure that no other program on the machine disturbs. It
/// fails where they have grown.
struct InstructionBenchmark {
  /// Polls of the two runs whose difference counts: all that a start takes is in both.
  private static let polls = (few: 3000, many: 6000)

  private let standard: String
  private let records: Bool

  /// - Parameters:
  ///   - standard: The file of the numbers that are held against; else the recorded ones.
  ///   - records: Whether the numbers become the recorded ones instead.
  init(standard: String? = nil, records: Bool = false) throws {
    self.standard = standard ?? Tools.sources.appendingPathComponent("instructions.txt").path
    self.records = records
  }

  func run() throws {
    let valgrind = try Tools.path(of: "valgrind")
    let kinds = ScriptedPolls.Kind.allCases
    let own = InstructionRecord(
      Dictionary(uniqueKeysWithValues: try kinds.map { ($0, try count($0, valgrind)) }))
    if records { return try own.text.write(toFile: standard, atomically: true, encoding: .utf8) }
    guard let text = try? String(contentsOfFile: standard, encoding: .utf8),
      let recorded = InstructionRecord(text: text)
    else { throw BenchError("\(standard) has no numbers of instructions: record them with --record") }
    print("| instructions of a poll, without the network | now | recorded | ratio |")
    print("|---|---|---|---|")
    for kind in kinds {
      let (now, then) = (own.counts[kind] ?? 0, recorded.counts[kind] ?? 0)
      print("| \(kind.title) | \(now) | \(then) | \(String(format: "%.2f", Double(now) / Double(then))) |")
    }
    let complaints = own.complaints(against: recorded)
    if !complaints.isEmpty { throw BenchError(complaints.joined(separator: "\n")) }
  }

  /// Of one poll.
  private func count(_ kind: ScriptedPolls.Kind, _ valgrind: String) throws -> Int {
    let (few, many) = (
      try total(kind, Self.polls.few, valgrind), try total(kind, Self.polls.many, valgrind)
    )
    return (many - few) / (Self.polls.many - Self.polls.few)
  }

  private func total(_ kind: ScriptedPolls.Kind, _ polls: Int, _ valgrind: String) throws -> Int {
    let folder = try Folder()
    let log = folder.path + "/log"
    // Swift's hashes would else differ from run to run, and with them how often keys collide.
    try Program.run(
      Tools.path(of: "env"),
      [
        "SWIFT_DETERMINISTIC_HASHING=1", valgrind, "--tool=callgrind", "--log-file=\(log)",
        "--callgrind-out-file=\(folder.path)/out", CommandLine.arguments[0], ScriptedPolls.command,
        kind.rawValue,
        "\(polls)",
      ], showsErrors: true)
    let text = try String(contentsOfFile: log, encoding: .utf8)
    guard let place = text.range(of: "Collected : "),
      let count = Int(text[place.upperBound...].prefix { $0.isNumber })
    else { throw BenchError("callgrind counts nothing: \(text.suffix(500))") }
    return count
  }
}
