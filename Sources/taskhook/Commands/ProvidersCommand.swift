import ArgumentParser
import Model
import Providers

struct ProvidersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "providers", abstract: "List the task APIs that taskhook knows, or print one.",
    discussion: """
      With a name it prints how that API is asked and read, as a source of your own with `provider: http`: a start \
      for whatever is different where you are.
      """)

  @OptionGroup var output: JSONOption
  @Argument(help: "Which one to print.") var name: Preset?

  func validate() throws {
    if name != nil && output.json { throw ValidationError("--json lists; it does not go with a name") }
  }

  func run() async throws {
    try await reporting {
      if let name { return StandardOutput.write(Array(try name.source(named: name.rawValue).utf8)) }
      let presets = try Preset.allCases.map { (name: $0.rawValue, mapping: try $0.mapping()) }
      if output.json {
        for preset in presets {
          StandardOutput.write(Self.json(preset.name, preset.mapping) + [UInt8(ascii: "\n")])
        }
        return
      }
      var table = Table("PROVIDER", "KEY", "PARAMS", "TASKS")
      for (name, mapping) in presets {
        let parameters = mapping.parameters.map { $0.name + ($0.rules.standard.map { "=" + $0 } ?? "") }
        table.add(name, mapping.key ?? "-", parameters.joined(separator: " "), mapping.summary)
      }
      for line in table.lines { StandardOutput.say(line) }
    }
  }

  private static func json(_ name: String, _ mapping: Mapping) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("provider")
      writer.string(name)
      writer.key("summary")
      writer.string(mapping.summary)
      writer.key("base_url")
      writer.string(mapping.baseURL.description)
      writer.key("key")
      writer.string(mapping.key)
      writer.key("params")
      writer.object { writer in
        for parameter in mapping.parameters {
          writer.key(parameter.name)
          writer.object { writer in
            writer.key("doc")
            writer.string(parameter.rules.doc)
            writer.key("default")
            writer.string(parameter.rules.standard)
          }
        }
      }
      writer.key("statuses")
      writer.array { writer in for word in mapping.read.states.words { writer.string(word) } }
      writer.key("outputs")
      writer.bool(mapping.read.outputs != nil)
    }
    return writer.bytes
  }
}
