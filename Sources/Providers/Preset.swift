import Config

/// A mapping that comes with the program. Each is one YAML file, put into the binary when it is built; a further one
/// is a file in Presets, its line here and its case, and its fixtures.
package enum Preset: String, Sendable, CaseIterable {
  case runway

  /// The file as it was written.
  package var yaml: [UInt8] {
    switch self {
    case .runway: PackageResources.runway_yaml
    }
  }

  /// The file is not what it should be: a fault of the program, not of its user.
  package struct Broken: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Reads the file.
  package func mapping() throws(Broken) -> Mapping {
    let diagnostics = Diagnostics()
    let mapping = ConfigFile.parse(
      yaml, name: "\(rawValue).yaml", folder: "/", environment: [:], diagnostics: diagnostics
    )?.read(Mapping.self)
    guard let mapping, !diagnostics.hasErrors else {
      throw Broken(description: diagnostics.errors.map(\.description).joined(separator: "\n"))
    }
    return mapping
  }
}
