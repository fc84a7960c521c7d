import CYAML

/// One step of a document as libyaml tells it.
struct YAMLEvent {
  enum Kind {
    case documentStart, streamEnd
    case scalar(YAMLScalar)
    case alias(String)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    /// Ends of documents and the start of the stream: nothing to act on.
    case other
  }

  var kind: Kind
  var anchor: String?
  var hasTag = false
  /// The number of the Unicode scalar at which it begins, an anchor or tag included.
  var start: Int

  /// Whether there is an anchor with something written after it.
  var hasContentPastAnchor: Bool {
    if case .scalar(YAMLScalar(text: "", isQuoted: false)) = kind { return false }
    return anchor != nil
  }
}

/// Reads a text event by event. Owns libyaml's parser.
final class YAMLEvents {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  private let text: YAMLText

  init(_ text: YAMLText) throws(YAMLError) {
    self.text = text
    parser = .allocate(capacity: 1)
    input = .allocate(capacity: max(1, text.bytes.count))
    _ = input.initialize(from: text.bytes)
    guard yaml_parser_initialize(parser) == 1 else {
      input.deallocate()
      parser.deallocate()
      throw YAMLError("out of memory while reading YAML", at: .start)
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    // libyaml keeps the pointer, not a copy: `input` lives as long as the parser.
    yaml_parser_set_input_string(parser, input.baseAddress!, text.bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event; after `streamEnd` or an error there is none.
  func next() throws(YAMLError) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    var read = YAMLEvent(kind: .other, start: Int(event.start_mark.index))
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: read.kind = .documentStart
    case YAML_STREAM_END_EVENT: read.kind = .streamEnd
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      read.kind = .scalar(
        YAMLScalar(
          text: String(decoding: bytes, as: UTF8.self),
          isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE))
      read.anchor = string(scalar.anchor)
      read.hasTag = scalar.tag != nil
    case YAML_ALIAS_EVENT: read.kind = .alias(string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      read.kind = .sequenceStart
      read.anchor = string(event.data.sequence_start.anchor)
      read.hasTag = event.data.sequence_start.tag != nil
    case YAML_SEQUENCE_END_EVENT: read.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      read.kind = .mappingStart
      read.anchor = string(event.data.mapping_start.anchor)
      read.hasTag = event.data.mapping_start.tag != nil
    case YAML_MAPPING_END_EVENT: read.kind = .mappingEnd
    default: break
    }
    return read
  }

  private func string(_ bytes: UnsafeMutablePointer<UInt8>?) -> String? {
    bytes.map { String(cString: $0) }
  }

  private func syntaxError() -> YAMLError {
    let failure = YAMLSyntaxFailure(
      problem: parser.pointee.problem.map { String(cString: $0) } ?? "the YAML cannot be read",
      place: text.position(ofScalar: Int(parser.pointee.problem_mark.index)),
      context: parser.pointee.context.map { String(cString: $0) } ?? "",
      contextPlace: text.position(ofScalar: Int(parser.pointee.context_mark.index)))
    return failure.explained(in: text)
  }
}
