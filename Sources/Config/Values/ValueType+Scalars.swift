import Model

extension ValueType where Value == Bool {
  /// `true` or `false`; also `yes no on off`.
  package static var boolean: ValueType<Bool> {
    .parsed(
      summary: "boolean", expected: "true or false", example: "true", schema: ["type": "boolean"],
      isText: false, encode: { .bool($0) }
    ) { text throws(TextProblem) in try BooleanText.parse(text) }
  }
}

extension ValueType where Value == Int {
  /// A whole number.
  package static func integer(_ range: ClosedRange<Int> = .min ... .max) -> ValueType<Int> {
    var schema: JSONValue = ["type": "integer"]
    if range.lowerBound != .min { schema = schema.adding("minimum", .int(range.lowerBound)) }
    if range.upperBound != .max { schema = schema.adding("maximum", .int(range.upperBound)) }
    return .parsed(
      summary: "integer", expected: IntegerText.expected(range),
      example: "\(range.contains(1) ? 1 : range.lowerBound)", schema: schema, isText: false,
      encode: { .int($0) }
    ) { text throws(TextProblem) in try IntegerText.parse(text, in: range) }
  }

  /// A number of bytes: `64KiB`.
  package static var size: ValueType<Int> {
    .parsed(
      summary: "size", expected: SizeText.expected, example: "64KiB",
      schema: ["type": "string", "pattern": .string(SizeText.units.pattern)],
      encode: { .string(SizeText.write($0)) }
    ) { text throws(TextProblem) in try SizeText.parse(text) }
  }
}

extension ValueType where Value == Duration {
  /// `5s`.
  package static var duration: ValueType<Duration> {
    .parsed(
      summary: "duration", expected: DurationText.expected, example: "5s",
      schema: ["type": "string", "pattern": .string(DurationText.units.pattern)],
      encode: { .string(DurationText.write($0)) }
    ) { text throws(TextProblem) in try DurationText.parse(text) }
  }

  /// `5s`, within bounds.
  package static func duration(in range: ClosedRange<Duration>) -> ValueType<Duration> {
    let bounds = "from \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound))"
    return duration.described(expected: DurationText.expected + "; \(bounds)").refine { duration, node in
      if range.contains(duration) { return duration }
      node.fail(
        "\(node.shown) is too \(duration < range.lowerBound ? "short" : "long")",
        expected: "a duration \(bounds)")
      return nil
    }
  }
}

extension ValueType where Value == Rate {
  /// `10/s`.
  package static var rate: ValueType<Rate> {
    .parsed(
      summary: "rate", expected: RateText.expected, example: "10/s",
      schema: ["type": "string", "pattern": .string(RateText.units.pattern)],
      encode: { .string($0.description) }
    ) { text throws(TextProblem) in try RateText.parse(text) }
  }
}

extension ValueType where Value == Double {
  /// `25%`, read as 0.25.
  package static var percentage: ValueType<Double> {
    .parsed(
      summary: "percentage", expected: PercentageText.expected, example: "25%",
      schema: ["type": "string", "pattern": "^(0*[1-9][0-9]?|0*100)%$"],
      encode: { .string(PercentageText.write($0)) }
    ) { text throws(TextProblem) in try PercentageText.parse(text) }
  }
}

extension ValueType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enum's words.
  package static func word(_ type: Value.Type) -> ValueType<Value> {
    let words = Value.allCases.map(\.rawValue)
    return .parsed(
      summary: words.map { "`\($0)`" }.joined(separator: ", "), expected: Quoting.alternatives(words),
      example: words.first ?? "", schema: ["enum": .array(words.map { .string($0) })],
      encode: { .string($0.rawValue) }
    ) { text throws(TextProblem) in
      if let value = Value(rawValue: text) { return value }
      throw TextProblem("is none of these", suggestion: Nearest.name(to: text, among: words))
    }
  }
}

extension ValueType {
  /// A scalar read by a parser. Where `isText` is false, quotes in the file make it a text and so no value,
  /// unless they were put around `${…}`.
  static func parsed(
    summary: String, expected: String, example: String, schema: JSONValue, isText: Bool = true,
    encode: @escaping @Sendable (Value) -> JSONValue,
    parse: @escaping @Sendable (String) throws(TextProblem) -> Value
  ) -> ValueType<Value> {
    ValueType(
      summary: summary, expected: expected, example: example,
      schema: ["anyOf": [schema, ["type": "string", "pattern": "\\$\\{"]]], kinds: [.scalar], encode: encode,
      decode: { node in
        guard let text = node.text else { return nil }
        do throws(TextProblem) {
          let value = try parse(text)
          if isText || !node.isQuoted || node.isSubstituted { return value }
          node.fail("\(node.shown) is a text, for it stands in quotes", expected: expected, suggestion: nil)
        } catch {
          node.fail(
            "\(node.shown) \(error.message)", expected: expected,
            suggestion: node.isSubstituted ? nil : error.suggestion)
        }
        return nil
      })
  }
}
