import Model

extension Tracer {
  /// The rows of an answer that shows a task.
  /// - Parameters:
  ///   - found: The task, with its result where there is one.
  ///   - original: The same as it stands in the answer.
  ///   - asked: The id that was asked for, where it is known.
  func rows(of found: FoundTask, original: FoundTask, asked: String?) -> [Row] {
    let place = place(of: original.task)
    let word = states(of: found, place)
    return [
      Row("task", at: place.path?.description ?? "the whole answer", value: shown(found.task)),
      id(of: found, place, asked: asked),
    ] + word
      + [
        progress(of: found, original, place), created(of: found, original, place),
      ].compactMap(\.self)
  }

  private func id(of found: FoundTask, _ place: Place, asked: String?) -> Row {
    if rules.id.isEmpty { return Row("id", note: "the mapping does not say where it is") }
    guard let hit = rules.id.hit(in: found.task) else {
      return Row("id", note: nothing(at: rules.id, in: place))
    }
    let id = hit.value.scalarText
    let other = asked.flatMap { asked in
      id == asked ? nil : "the task that was asked for is \(text.clean(asked) ?? "\"\"")"
    }
    return Row(
      "id", at: place.adding(rules.id[hit.index]), value: shown(hit.value), as: id.flatMap(text.clean),
      note: other)
  }

  /// Status and state.
  private func states(of found: FoundTask, _ place: Place) -> [Row] {
    let isOwn = found.teller.isSame(as: found.task)
    let teller = isOwn ? place : self.place(of: found.teller)
    let word = text.clean(found.status)
    let overruled = isOwn ? nil : "an object around the task says so: where the two disagree, an end counts"
    let status =
      switch found.source {
      case .path(let index):
        Row(
          "status", at: teller.adding(rules.status[index]), value: word.map { "\"\($0)\"" }, as: word,
          note: overruled)
      case .rule(let index):
        Row(
          "status", at: "case \(index + 1)", value: conditions(rules.cases[index]), as: word, note: overruled)
      case .rulePath(let index, let path):
        Row(
          "status", at: "case \(index + 1), " + teller.adding(rules.cases[index].statusAt[path]),
          value: conditions(rules.cases[index]), as: word, note: overruled)
      }
    let isUnknown = found.state == .unknown && !rules.states.knows(found.status)
    return [
      status,
      Row(
        "state", as: found.state.rawValue,
        note: isUnknown
          ? "no word of the mapping; to say what it means: states: {running: [\"\(word ?? "")\"]}" : nil),
    ]
  }

  /// A case's conditions, as they are written.
  private func conditions(_ rule: CaseRule) -> String {
    var parts: [String] = []
    if !rule.http.isEmpty {
      parts.append("http " + rule.http.sorted().map(String.init).joined(separator: ", "))
    }
    if !rule.resultHTTP.isEmpty {
      parts.append("result_http " + rule.resultHTTP.sorted().map(String.init).joined(separator: ", "))
    }
    parts += rule.equals.map { "if \($0.path)" }
    if !rule.has.isEmpty { parts.append("has " + rule.has.map(\.description).joined(separator: ", ")) }
    if !rule.lacks.isEmpty { parts.append("lacks " + rule.lacks.map(\.description).joined(separator: ", ")) }
    return parts.joined(separator: "; ")
  }

  private func progress(of found: FoundTask, _ original: FoundTask, _ place: Place) -> Row? {
    guard let rule = rules.progress else { return nil }
    guard let told = reader.progress(of: found), let hit = rule.at.hit(in: told.object) else {
      return Row("progress", note: nothing(at: rule.at, in: place))
    }
    let path = self.place(of: told.object, original: original, found).adding(rule.at[hit.index])
    var value = shown(hit.value)
    if !rule.total.isEmpty { value += " of " + (rule.total.first(in: told.object).map(shown) ?? "nothing") }
    if let progress = told.value { return Row("progress", at: path, value: value, as: "\(progress)") }
    return Row("progress", at: path, value: value, note: objection(to: hit.value, rule))
  }

  private func objection(to value: JSONSlice, _ rule: ProgressRule) -> String {
    if !rule.total.isEmpty { return "no share of a total" }
    if rule.scale == .either, value.number == 1 || value.string.flatMap(Double.init) == 1 {
      return "1 may be all of it or a hundredth: only a success settles which"
    }
    return "no number in the range of the scale \"\(rule.scale.rawValue)\""
  }

  private func created(of found: FoundTask, _ original: FoundTask, _ place: Place) -> Row? {
    if rules.createdAt.isEmpty { return nil }
    guard let hit = reader.createdAtHit(of: found) else {
      return Row("created_at", note: nothing(at: rules.createdAt, in: place))
    }
    let path = self.place(of: hit.object, original: original, found).adding(
      rules.createdAt[hit.index])
    let time = CreationTime.read(hit.value)
    return Row(
      "created_at", at: path, value: shown(hit.value), as: time?.iso8601,
      note: time == nil ? "no time of this century that is known how to read" : nil)
  }

  /// The place of an object that is the task with its result, or one around it.
  private func place(of object: JSONSlice, original: FoundTask, _ found: FoundTask) -> Place {
    place(of: object.isSame(as: found.task) ? original.task : object)
  }

  // MARK: Outputs

  func outputs(of found: FoundTask, _ place: Place, own: [TaskOutput]) -> [Row] {
    guard let outputs = rules.outputs else { return [] }
    let finder = OutputFinder(rules: outputs)
    let rows = outputs.at.map { path in
      let urls = finder.told(in: found.task, at: path)
      let place = place.adding(path)
      if urls.isEmpty {
        let value = path.first(in: found.task)
        return Row(
          "outputs", at: place, value: value.map(shown),
          note: value.map(CaseRule.isSomething) == true ? "no URL is in it" : "nothing is there")
      }
      return Row(
        "outputs", at: place, value: urls.compactMap(text.clean).joined(separator: " "),
        as: Self.count(urls.count))
    }
    if outputs.own.isEmpty { return rows }
    if !finder.told(in: found.task).isEmpty { return rows + [Row("outputs", at: "own", note: "not needed")] }
    let urls = own.map { text.clean($0.url) ?? "" }
    return rows + [
      Row(
        "outputs", at: "own", value: urls.isEmpty ? nil : urls.joined(separator: " "),
        as: urls.isEmpty ? nil : Self.count(urls.count),
        note: urls.isEmpty ? "a field that it is made of is not there" : nil)
    ]
  }

  private static func count(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }
}
