import Foundation
import YAML

/// Reads config files.
package enum ConfigFile {
  /// Reads the file at `path`. Answers its top node, a mapping; nil where there is none to be had, which is
  /// reported. Errors that leave a tree (a repeated key, an unset variable) are reported beside it.
  package static func load(
    path: String, environment: [String: String], diagnostics: Diagnostics
  ) -> ConfigNode? {
    let limits = YAMLLimits()
    let bytes: [UInt8]
    do throws(FileContent.Trouble) {
      bytes = try FileContent.bytes(of: path, limit: limits.bytes)
    } catch {
      diagnostics.error(
        ConfigDiagnostic(file: path, position: nil, path: "", message: "the file \(error.message)"))
      return nil
    }
    return parse(
      bytes, name: path, folder: folder(of: path), environment: environment, diagnostics: diagnostics)
  }

  /// Reads a config's text. `name` stands for the file in messages, `folder` is what relative paths are relative
  /// to.
  package static func parse(
    _ bytes: [UInt8], name: String, folder: String, environment: [String: String] = [:],
    diagnostics: Diagnostics
  ) -> ConfigNode? {
    let context = ConfigContext(
      file: name, folder: folder, environment: environment, diagnostics: diagnostics)
    let document = YAMLDocument(bytes)
    for error in document.errors {
      diagnostics.error(
        ConfigDiagnostic(
          file: name, position: error.position, path: ConfigPath.describe(error.path), message: error.message)
      )
    }
    guard let yaml = document.root else {
      if document.errors.isEmpty { failEmpty(name, diagnostics) }
      return nil
    }
    var tree = ConfigTree(context)
    let root = tree.build(yaml)
    switch root.kind {
    case .mapping: return root
    case .null: failEmpty(name, diagnostics)
    case .scalar, .sequence: root.failKind(expected: "a mapping: lines of the form \"key: value\"")
    }
    return nil
  }

  private static func failEmpty(_ name: String, _ diagnostics: Diagnostics) {
    diagnostics.error(
      ConfigDiagnostic(
        file: name, position: .start, path: "", message: "the file is empty",
        expectation: "Expected: lines of the form \"key: value\""))
  }

  /// The folder that holds a file, absolute.
  package static func folder(of path: String) -> String {
    let url = URL(fileURLWithPath: path).deletingLastPathComponent()
    return url.path(percentEncoded: false).count > 1 && url.path(percentEncoded: false).hasSuffix("/")
      ? String(url.path(percentEncoded: false).dropLast()) : url.path(percentEncoded: false)
  }
}
