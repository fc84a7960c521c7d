import Config
import Model

/// The keys of a source that say which API it is and how it is reached. A source's section lists them beside
/// those of other rooms, and takes its `ProviderSettings` from them.
package enum ProviderKeys {
  package static let provider = Key(
    "provider", .word(ProviderChoice.self), required: true,
    doc: "Which task API it is: a preset, or `http` for one that `request` and `read` describe.")
  package static let baseURL = Key(
    "base_url", .baseURL, defaultText: "the preset's own",
    doc: "Scheme, host and perhaps a path prefix before the provider's own paths; required with `http`.")
  package static let apiKey = Key(
    "api_key",
    ValueType<Secret>.secret.refine { key, node in
      guard let refusal = refusal(ofKey: key.reveal()) else { return key }
      node.fail("the key \(refusal)", expected: "the bare key as the API's owner gave it")
      return nil
    }.described(example: "${API_KEY}"),
    defaultText: "none", doc: "The key that is sent with every request.")
  package static let headers = Key(
    "headers", .headers(of: .secret), default: [], defaultText: "none",
    doc: "Extra headers; one that the provider sets too replaces it.")
  package static let parameters = Key(
    "params",
    ValueType<[Named<String>]>.map(of: .string).described(
      summary: "map of name to text", expected: "names, each with a text"),
    default: [], defaultText: "none",
    doc: "What the preset leaves open, such as a part of its path; `taskhook providers` lists it.")
  package static let states = Key(
    "states", .section(StateTable.self), defaultText: "the preset's",
    doc: "Further words for statuses, or other meanings than the preset gives them.")
  package static let request = Key(
    "request", .section(RequestRules.self), defaultText: "the preset's",
    doc: "With `http`, and required there: the request that asks for a task.")
  package static let read = Key(
    "read", .section(ReadRules.self), defaultText: "the preset's",
    doc: "With `http`, and required there: where the answer says what, as paths such as `data.status`.")
  package static let create = Key(
    "create", .section(CreateRules.self), defaultText: "the preset's; none with `http`",
    doc: "With `http`: which requests create a task, for the proxy.")

  package static let keys: [AnyKey] =
    [AnyKey(provider), AnyKey(baseURL), AnyKey(apiKey), AnyKey(headers), AnyKey(parameters), AnyKey(states)]
    + ConnectionKeys.all + [AnyKey(request), AnyKey(read), AnyKey(create)]

  /// What a section that lists `keys` says of its provider; nil where an error was reported.
  package static func settings(_ section: Section) -> ProviderSettings? {
    guard let choice = section[provider] else { return nil }
    let mapping: Mapping?
    switch choice {
    case .http: mapping = ownMapping(section)
    case .preset(let preset): mapping = self.mapping(of: preset, section)
    }
    guard let mapping else { return nil }
    let key = section[apiKey]
    if key != nil { refuseSecondKey(section, mapping) }
    guard let values = ParameterValues(mapping).read(section) else { return nil }
    return ProviderSettings(
      mapping: mapping, baseURL: section[baseURL] ?? mapping.baseURL, apiKey: key, headers: section[headers],
      parameters: values, connection: ConnectionKeys.options(section),
      written: choice == .http ? RequestSecrets.read(section.node(at: request)) : [])
  }

  /// The mapping that the source itself is.
  private static func ownMapping(_ section: Section) -> Mapping? {
    refuse(states, section, "with \"http\" the words for statuses stand in \"read\"", expected: "read.states")
    refuse(
      parameters, section, "with \"http\" nothing is left open",
      expected: "the texts themselves in \"request\"")
    for key in [AnyKey(baseURL), AnyKey(request), AnyKey(read)] where section.node[key.name] == nil {
      section.fail("the key \"\(key.name)\" is missing", expected: key.expected)
    }
    guard let request = section[request], let read = section[read] else { return nil }
    MappingCheck(names: []).check(
      request: section.node(at: self.request), request, read: section.node(at: self.read), read,
      create: section.node(at: create), section[create])
    guard let baseURL = section[baseURL] else { return nil }
    return Mapping(
      summary: "An API of one's own", baseURL: baseURL, request: request, read: read,
      create: section[create])
  }

  /// A preset's mapping, with the source's own words for statuses.
  private static func mapping(of preset: Preset, _ section: Section) -> Mapping? {
    let advice =
      "with a preset only states and params can be changed; "
      + "`taskhook providers \(preset.rawValue)` prints it as a start for one of your own"
    refuse(request, section, advice)
    refuse(read, section, advice)
    refuse(create, section, advice)
    do throws(Preset.Broken) {
      var mapping = try preset.mapping()
      if let states = section[states] { mapping.read.states = mapping.read.states.merged(with: states) }
      return mapping
    } catch {
      section.fail(at: provider, "this build of taskhook has a broken preset: \(error)")
      return nil
    }
  }

  private static func refuse<Value, Result>(
    _ key: Key<Value, Result>, _ section: Section, _ message: String, expected: String? = nil
  ) {
    section.node(at: key)?.failAtKey(message, expected: expected)
  }

  /// A header that carries the key cannot be given beside the key itself: one of the two would be lost.
  private static func refuseSecondKey(_ section: Section, _ mapping: Mapping) {
    let carriers = mapping.request.headers.filter { $0.value.names(.apiKey) }.map { $0.name.lowercased() }
    for entry in section.node(at: headers)?.entries ?? [] where carriers.contains(entry.key.lowercased()) {
      entry.value.failAtKey("api_key sets this header already", expected: "one of the two")
    }
  }

  /// What is wrong with a key; says nothing of the key itself.
  private static func refusal(ofKey key: String) -> String? {
    if key.lowercased().hasPrefix("bearer ") {
      return "begins with \"Bearer\", which is put before it anyway"
    }
    if key.contains(where: \.isNewline) { return "has a line break in it" }
    if key.contains(where: \.isWhitespace) { return "has white space in it" }
    if !key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return "has characters other than printable ASCII" }
    return nil
  }
}
