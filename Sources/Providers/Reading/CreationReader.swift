import Model

extension ReadRules {
  /// The task that an answer to a request that creates one names, and the object that names it.
  func creation(in root: JSONSlice, _ create: CreateRules) -> (task: JSONSlice, id: String, url: String?)? {
    guard root.kind == .object, outcome(of: root) != .badly else { return nil }
    let objects =
      [root] + (envelope?.at ?? []).compactMap { $0.first(in: root) }.filter { $0.kind == .object }
    for object in objects.reversed() {
      guard create.condition.allSatisfy({ $0.holds(in: object) }),
        let id = create.id.lazy.compactMap({ $0.first(in: object)?.scalarText }).first(where: { !$0.isEmpty })
      else { continue }
      return (object, id, create.askedAt.first(in: object)?.string)
    }
    return nil
  }
}

extension MappedProvider: TaskTraffic {
  package var traffic: (any TaskTraffic)? { self }

  package func place(_ path: String) -> String { paths.place(path) }
  package func polledID(_ path: String) -> String? { paths.polledID(path) }
  package func mayCreate(_ method: String, _ path: String) -> Bool { paths.mayCreate(method, path) }

  package func created(by response: HTTPResponse) -> CreatedTask? {
    guard (200..<300).contains(response.status), let create,
      let root = try? JSONDocument(response.body).root, let found = rules.creation(in: root, create),
      TaskID.refusal(of: found.id) == nil
    else { return nil }
    let isPlain = found.url == nil || found.url == (try? request(for: TaskAddress(id: found.id)))?.url
    return CreatedTask(
      address: TaskAddress(id: found.id, url: isPlain ? nil : found.url),
      bare: isFlat && !found.task.isSame(as: root) ? Array(found.task.bytes) : nil)
  }

  package func bare(_ response: HTTPResponse) -> [UInt8]? {
    guard isFlat, (200..<300).contains(response.status), let root = try? JSONDocument(response.body).root,
      root.kind == .object, let found = try? rules.task(in: root, Exchange(http: response.status)),
      !found.task.isSame(as: root)
    else { return nil }
    return Array(found.task.bytes)
  }

  /// Whether the API's clients know the task object without what is around it.
  private var isFlat: Bool { rules.envelope?.flat == true }

  package var answersWithTask: Bool {
    (rules.envelope == nil || isFlat) && rules.result == nil && rules.items.isEmpty
  }
}
