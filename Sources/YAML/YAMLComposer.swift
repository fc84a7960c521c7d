/// Builds the tree of one document from its events: follows aliases, merges, bounds.
struct YAMLComposer {
  private(set) var errors: [YAMLError] = []
  private let text: YAMLText
  private let limits: YAMLLimits
  private var skipper: AnchorSkipper
  private var anchors: [String: Anchor] = [:]
  /// The way to the node that is being read.
  private var path: [YAMLStep] = []
  /// Nodes so far, those behind aliases counted each time.
  private var count = 0

  private enum Anchor {
    /// Its node is still being read: an alias to it would hold itself.
    case open
    case node(YAMLNode)
  }

  init(_ text: YAMLText, limits: YAMLLimits) {
    self.text = text
    self.limits = limits
    skipper = AnchorSkipper(text)
  }

  /// The document's tree; nil where there is none or it cannot be read to its end.
  mutating func compose() -> YAMLNode? {
    do throws(YAMLError) {
      let events = try YAMLEvents(text)
      var root: YAMLNode?
      while true {
        let event = try events.next()
        switch event.kind {
        case .streamEnd: return root
        case .documentStart:
          if root != nil {
            throw YAMLError("a second document begins here; a file holds one", at: place(event))
          }
          root = try node(events.next(), of: events, depth: 0)
        default: break
        }
      }
    } catch {
      errors.append(error)
      return nil
    }
  }

  private mutating func node(_ event: YAMLEvent, of events: YAMLEvents, depth: Int) throws(YAMLError)
    -> YAMLNode
  {
    if event.hasTag {
      report("tags (\"!…\") are not supported; write the value alone", at: place(event))
    }
    if case .alias(let name) = event.kind { return try follow(name, at: place(event), depth: depth) }
    let position =
      event.hasContentPastAnchor
      ? text.position(ofScalar: skipper.content(afterAnchorAt: event.start)) : place(event)
    try admit(1, at: position)
    if let anchor = event.anchor { anchors[anchor] = .open }
    let node: YAMLNode
    switch event.kind {
    case .scalar(let scalar): node = Self.leaf(scalar, at: position)
    case .sequenceStart:
      try enter(depth, at: position)
      node = try sequence(of: events, at: position, depth: depth + 1)
    case .mappingStart:
      try enter(depth, at: position)
      node = try mapping(of: events, at: position, depth: depth + 1)
    default: throw YAMLError("a value is missing here", at: position)
    }
    if let anchor = event.anchor { anchors[anchor] = .node(node) }
    return node
  }

  private static func leaf(_ scalar: YAMLScalar, at position: TextPosition) -> YAMLNode {
    let isNull = !scalar.isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.text)
    return YAMLNode(isNull ? .null : .scalar(scalar), at: position)
  }

  private mutating func follow(_ name: String, at position: TextPosition, depth: Int) throws(YAMLError)
    -> YAMLNode
  {
    switch anchors[name] {
    case .node(let node):
      try admit(node.size, at: position)
      if node.height > 0 { try enter(depth + node.height - 1, at: position) }
      return node
    case .open:
      report("the alias \(Self.cut("*" + name)) stands within its own anchor", at: position)
    case nil:
      report("the alias \(Self.cut("*" + name)) has no anchor before it", at: position)
    }
    try admit(1, at: position)
    return YAMLNode(.broken, at: position)
  }

  private mutating func sequence(of events: YAMLEvents, at position: TextPosition, depth: Int)
    throws(YAMLError) -> YAMLNode
  {
    var items: [YAMLNode] = []
    var size = 1
    var height = 0
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind { break }
      path.append(.item(items.count))
      let item = try node(event, of: events, depth: depth)
      path.removeLast()
      size += item.size
      height = max(height, item.height)
      items.append(item)
    }
    return YAMLNode(.sequence(items), at: position, size: size, height: height + 1)
  }

  private mutating func mapping(of events: YAMLEvents, at position: TextPosition, depth: Int)
    throws(YAMLError) -> YAMLNode
  {
    var entries = YAMLEntries()
    var merged: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind { break }
      let key = try self.key(event, of: events, depth: depth)
      path.append(.key(key?.text ?? ""))
      defer { path.removeLast() }
      let value = try node(events.next(), of: events, depth: depth)
      guard let key else { continue }
      if let first = entries.firstPosition(of: key.text, isMerge: key.isMerge) {
        report("repeated key; it is first at \(first)", at: key.position)
        continue
      }
      entries.note(key.text, isMerge: key.isMerge, at: key.position)
      if key.isMerge {
        merged += mappings(toMerge: value)
      } else {
        entries.append(YAMLEntry(key: key.text, keyPosition: key.position, value: value))
      }
    }
    for source in merged {
      guard case .mapping(let more) = source.content else { continue }
      for entry in more where entries.merge(entry) { try admit(1 + entry.value.size, at: entry.keyPosition) }
    }
    return YAMLNode(
      .mapping(entries.all), at: position, size: 1 + entries.size, height: entries.height + 1)
  }

  /// The text of a key; nil where it cannot be one, which is reported.
  private mutating func key(_ event: YAMLEvent, of events: YAMLEvents, depth: Int) throws(YAMLError)
    -> (text: String, isMerge: Bool, position: TextPosition)?
  {
    let isPlain: Bool
    let text: String
    switch event.kind {
    case .scalar(let scalar): (text, isPlain) = (scalar.text, !scalar.isQuoted)
    default: (text, isPlain) = ("", false)
    }
    let node = try self.node(event, of: events, depth: depth)
    switch node.content {
    case .null where isPlain && !text.isEmpty: break
    case .scalar(let scalar) where !scalar.text.isEmpty:
      return (scalar.text, isPlain && scalar.text == "<<", node.position)
    case .null, .scalar:
      report("a key is missing before this \":\"", at: node.position)
      return nil
    case .broken: return nil
    case .sequence, .mapping:
      report("a key must be a text, not a list or mapping", at: node.position)
      return nil
    }
    return (text, false, node.position)
  }

  /// What `<<` asks to merge: a mapping or a list of mappings (YAML's type repository, "merge").
  private mutating func mappings(toMerge value: YAMLNode) -> [YAMLNode] {
    switch value.content {
    case .null, .broken: return []
    case .mapping: return [value]
    case .sequence(let items):
      var found: [YAMLNode] = []
      for item in items { found += self.mappings(toMergeItem: item) }
      return found
    case .scalar: return mappings(toMergeItem: value)
    }
  }

  private mutating func mappings(toMergeItem value: YAMLNode) -> [YAMLNode] {
    switch value.content {
    case .mapping: return [value]
    case .null, .broken: return []
    case .scalar, .sequence:
      report("\"<<\" merges a mapping or a list of mappings, nothing else", at: value.position)
      return []
    }
  }

  private mutating func admit(_ nodes: Int, at position: TextPosition) throws(YAMLError) {
    count += nodes
    if count > limits.nodes {
      throw YAMLError(
        "the file holds more than \(limits.nodes) keys and values, aliases followed: the most that is read",
        at: position)
    }
  }

  private func enter(_ depth: Int, at position: TextPosition) throws(YAMLError) {
    if depth >= limits.depth {
      throw YAMLError("mappings and lists nest deeper than \(limits.depth) levels", at: position)
    }
  }

  private mutating func report(_ message: String, at position: TextPosition) {
    errors.append(YAMLError(message, at: position, path: path))
  }

  private func place(_ event: YAMLEvent) -> TextPosition { text.position(ofScalar: event.start) }

  private static func cut(_ name: String) -> String { name.count > 60 ? name.prefix(60) + "…" : name }
}
