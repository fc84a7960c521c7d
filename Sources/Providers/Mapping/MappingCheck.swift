import Config

/// What the parts of a mapping ask of each other: that names in braces stand for something, which shows where it is
/// known what parameters there are (in texts of a body such names are texts), and that answers for many tasks are
/// read as such.
struct MappingCheck {
  /// Those of the mapping's parameters.
  let names: [String]

  /// Reports at the nodes of the sections what is wrong in them.
  func check(
    request node: ConfigNode?, _ request: RequestRules, read: ConfigNode?, _ rules: ReadRules,
    create: ConfigNode?, _ creation: CreateRules?
  ) {
    if check(request.url, at: node?["url"]), !request.namesTask, let url = node?["url"] {
      url.fail(
        "\(url.shown) asks for the same whatever the task", expected: RequestRules.Keys.url.type.expected)
    }
    if request.batch > 1, rules.items.isEmpty {
      node?["batch"]?.failAtKey(
        "an answer to a batch is several tasks", expected: "the key \"items\" of \"read\"")
    }
    for header in request.headers { check(header.value, at: node?["headers"]?[header.name]) }
    check(rules.result?.url, at: read?["result"]?["url"])
    for (template, node) in zip(rules.outputs?.own ?? [], read?["outputs"]?["own"]?.listed ?? []) {
      check(template, at: node)
    }
    for (pattern, node) in zip(creation?.url ?? [], create?["url"]?.listed ?? []) {
      check(pattern.template, at: node)
    }
  }

  @discardableResult
  private func check(_ template: Template?, at node: ConfigNode?) -> Bool {
    let unknown = template?.places.filter { $0.parameter.map { !names.contains($0) } == true } ?? []
    guard let node else { return unknown.isEmpty }
    for place in unknown {
      if node.isSubstituted {
        node.fail("\(node.shown) has a brace in it that means nothing")
        return false
      }
      let known = ["id", "ids", "api_key"] + names
      let meant = Nearest.name(to: place.parameter ?? "", among: known)
      node.fail("\"{\(place.name)}\" stands for nothing", suggestion: meant.map { "{\($0)}" })
    }
    return unknown.isEmpty
  }
}
