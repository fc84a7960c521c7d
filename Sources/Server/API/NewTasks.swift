import Model

/// Tasks as callers ask to have them watched: one object, a list of them, or one a line.
struct NewTasks {
  static let most = 10_000

  private static let members = ["id", "source", "url", "labels", "again", "callback"]
  private static let callbackMembers = ["url", "secret", "on"]

  var tasks: [NewTask] = []
  /// Whether it was one object: its answer is one, too.
  var isSingle = false

  private let control: any Control
  /// The source of tasks that name none; nil where there is not just one.
  private let fallback: String?
  private var faults: [Problem.Fault] = []

  /// Throws 400 for what is no JSON, and 422 with every fault of every task.
  init(_ call: Call, control: any Control) async throws(Problem) {
    self.control = control
    let sources = await control.sources()
    fallback = sources.count == 1 ? sources[0].name : nil
    if MediaType.of(call.headers) == .lines {
      try read(lines: call.body)
    } else {
      let root = try BodyReader.document(call.body)
      if root.kind == .array {
        for (index, value) in root.elements.enumerated() { read(value, at: "/\(index)") }
      } else {
        isSingle = true
        read(root, at: "")
      }
    }
    if tasks.count > Self.most {
      faults.append(Problem.Fault(pointer: "", detail: "has more than \(Self.most) tasks"))
    }
    if !faults.isEmpty { throw BodyReader.problem(faults) }
  }

  private mutating func read(lines bytes: [UInt8]) throws(Problem) {
    var index = 0
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do throws(JSONSyntaxError) {
        read(try JSONDocument(Array(line)).root, at: "/\(index)")
      } catch {
        throw .badRequest("Line \(number + 1) of the body is not JSON: \(error).")
      }
      index += 1
    }
  }

  private mutating func read(_ value: JSONSlice, at pointer: String) {
    var reader = BodyReader(value, at: pointer, names: Self.members)
    let id = reader.string("id")
    let source = reader.string("source")
    var task = NewTask(
      ref: TaskRef(source: source ?? fallback ?? "", id: id ?? ""), url: reader.string("url"),
      labels: reader.strings("labels"), again: reader.bool("again") ?? false)
    if reader.isFine {
      if id == nil { reader.fail("id", "is missing") }
      if source == nil, fallback == nil { reader.fail("source", "is missing: there are several sources") }
    }
    if reader.isFine, let reason = TaskID.refusal(of: task.ref.id) { reader.fail("id", reason) }
    if reader.isFine, let refusal = control.refusal(of: task) { reader.fail(refusal.member, refusal.reason) }
    if let member = reader.member("callback") {
      let (callback, faults) = callback(member, at: pointer + "/callback")
      task.callback = callback
      reader.add(faults)
    }
    if reader.isFine { tasks.append(task) } else { faults += reader.faults }
  }

  private func callback(_ value: JSONSlice, at pointer: String) -> (TaskCallback?, [Problem.Fault]) {
    var reader = BodyReader(value, at: pointer, names: Self.callbackMembers)
    let url = reader.string("url")
    let secret = reader.string("secret")
    if reader.isFine, url == nil { reader.fail("url", "is missing") }
    guard reader.isFine, let url else { return (nil, reader.faults) }
    do throws(ControlRefusal) {
      let on = reader.member("on").map { Array($0.bytes) }
      return (try control.callback(url: url, secret: secret, on: on), [])
    } catch {
      let member = error.member.hasPrefix("callback.") ? String(error.member.dropFirst(9)) : error.member
      reader.fail(member, error.reason)
      return (nil, reader.faults)
    }
  }
}
