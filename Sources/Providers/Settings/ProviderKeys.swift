import Config
import Model

/// The keys of a source that say which API it is and how it is reached. A source's section lists them beside
/// those of other rooms, and takes its `ProviderSettings` from them.
package enum ProviderKeys {
  package static let provider = Key(
    "provider", .word(Preset.self), required: true, doc: "Which task API it is.")
  package static let baseURL = Key(
    "base_url", .baseURL, defaultText: "the provider's own",
    doc: "Scheme, host and perhaps a path prefix before the provider's own paths.")
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

  package static let keys: [AnyKey] =
    [AnyKey(provider), AnyKey(baseURL), AnyKey(apiKey), AnyKey(headers)] + ConnectionKeys.all

  /// What a section that lists `keys` says of its provider; nil where an error was reported.
  package static func settings(_ section: Section) -> ProviderSettings? {
    guard let preset = section[provider] else { return nil }
    let mapping: Mapping
    do throws(Preset.Broken) { mapping = try preset.mapping() } catch {
      section.fail(at: provider, "this build of taskhook has a broken preset: \(error)")
      return nil
    }
    let key = section[apiKey]
    if key != nil { refuseSecondKey(section, mapping) }
    return ProviderSettings(
      mapping: mapping, baseURL: section[baseURL] ?? mapping.baseURL, apiKey: key, headers: section[headers],
      connection: ConnectionKeys.options(section))
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
