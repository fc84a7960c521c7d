/// Metrics as Prometheus reads them (text format 0.0.4).
struct Exposition {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  mutating func add(_ family: MeterFamily<Counter>) {
    let meters = family.all
    if meters.isEmpty { return }
    head(family.name, family.help, "counter")
    for (values, meter) in meters {
      line(family.name, Array(zip(family.labels, values)), String(meter.value))
    }
  }

  mutating func add(_ family: MeterFamily<Histogram>) {
    let meters = family.all
    if meters.isEmpty { return }
    head(family.name, family.help, "histogram")
    for (values, meter) in meters {
      let labels = Array(zip(family.labels, values))
      let reading = meter.reading
      for (bound, count) in zip(meter.bounds, reading.cumulative) {
        line(family.name + "_bucket", labels + [("le", Self.number(bound))], String(count))
      }
      line(family.name + "_bucket", labels + [("le", "+Inf")], String(reading.count))
      line(family.name + "_sum", labels, Self.number(reading.sum))
      line(family.name + "_count", labels, String(reading.count))
    }
  }

  /// Values that are gathered now; nothing where there are none.
  mutating func add(
    _ name: String, _ help: String, type: String = "gauge",
    _ values: [(labels: [(String, String)], value: Double)]
  ) {
    if values.isEmpty { return }
    head(name, help, type)
    for (labels, value) in values { line(name, labels, Self.number(value)) }
  }

  mutating func add(_ name: String, _ help: String, type: String = "gauge", _ value: Double) {
    add(name, help, type: type, [([], value)])
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  private static func escape(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// Whole numbers without a point.
  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
