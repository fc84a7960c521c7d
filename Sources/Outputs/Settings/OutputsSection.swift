import Config
import Foundation
import Model
import Templates

/// `outputs:` of a source.
package struct OutputsSection: ConfigSection {
  enum Keys {
    static let saveTo = Key(
      "save_to", .savePlace, required: true,
      doc: "Where the copies are kept: a folder, or `s3://BUCKET/PREFIX`.")
    static let name = Key(
      "name",
      ValueType<TextTemplate>.textTemplate(names: FileName.words, escape: .path)
        .described(example: "\"\(FileName.usual)\""),
      defaultText: "`\(FileName.usual)`",
      doc:
        "The name of a copy there: a template, with `index` (from 0), `number` (from 1), `file` (as the URL names "
        + "it), `extension` (`.mp4`) and `content_type` beside an event's fields.")
    static let holdHooks = Key(
      "hold_hooks", .boolean, default: true,
      doc: "Whether the hooks of a success wait until its outputs are saved, and their `files` tell where.")
    static let limit = Key(
      "limit", .size, defaultText: "none", doc: "Most bytes kept in `save_to` altogether.")
    static let connections = Key("connections", .integer(1...64), default: 4, doc: "Files at once.")
    static let giveUpAfter = Key(
      "give_up_after", .duration, default: .seconds(6 * 3600),
      doc: "How long one file is tried for, before `task.save_failed`.")
    static let allow = Key(
      "allow", ValueType<[AllowedPlace]>.list(of: .place), default: [], defaultText: "none",
      doc:
        "Private addresses that output URLs may lead to, such as `[10.0.0.0/8, media.internal]`; `base_url`'s own "
        + "is always one.")
    static let s3 = Key(
      "s3", .section(S3Section.self), defaultText: "the environment's `AWS_…` variables",
      doc: "The storage, and the key to it, of an `s3://` target.")
  }

  package static let keys: [AnyKey] = [
    AnyKey(Keys.saveTo), AnyKey(Keys.name), AnyKey(Keys.holdHooks), AnyKey(Keys.limit),
    AnyKey(Keys.connections), AnyKey(Keys.giveUpAfter), AnyKey(Keys.allow), AnyKey(Keys.s3),
  ]

  package let settings: OutputSettings

  package init?(_ section: Section) {
    guard let place = section[Keys.saveTo], let target = Self.target(place, section),
      let name = section.has(Keys.name) ? section[Keys.name] : FileName.usualTemplate
    else { return nil }
    settings = OutputSettings(
      target: target, name: name, holdsHooks: section[Keys.holdHooks],
      limit: section[Keys.limit].map { Int64($0) }, connections: section[Keys.connections],
      giveUpAfter: section[Keys.giveUpAfter], allowed: section[Keys.allow])
  }

  /// Secrets of the section, for what must not show them.
  package var secrets: [Secret] {
    guard case .bucket(let bucket) = settings.target else { return [] }
    return [bucket.signing.secretKey] + [bucket.sessionToken].compactMap(\.self)
  }

  private static func target(_ place: SavePlace, _ section: Section) -> SaveTarget? {
    switch place {
    case .folder(let path):
      guard let node = section.node(at: Keys.s3) else { return .folder(path) }
      node.failAtKey("s3 stands beside a folder", expected: "s3 only where save_to is s3://BUCKET/PREFIX")
      return nil
    case .bucket(let name, let prefix):
      guard let s3 = section[orEmpty: Keys.s3] else { return nil }
      guard let signing = s3.signing else {
        section.fail(at: Keys.saveTo, s3.missing ?? "no key is given")
        return nil
      }
      return .bucket(
        S3Bucket(
          name: name, prefix: prefix, endpoint: s3.endpoint, signing: signing,
          sessionToken: s3.sessionToken))
    }
  }
}

/// What `save_to` names.
enum SavePlace: Sendable, Equatable {
  case folder(String)
  case bucket(name: String, prefix: String)
}

extension ValueType where Value == SavePlace {
  fileprivate static var savePlace: ValueType<SavePlace> {
    ValueType<String>.string.described(
      summary: "path or S3 address", expected: "a folder, or s3://BUCKET/PREFIX",
      example: "s3://my-bucket/videos"
    ).refine { text, node in
      if text.lowercased().hasPrefix("s3://") {
        do throws(TextProblem) {
          let (name, prefix) = try S3Bucket.parse(text)
          return .bucket(name: name, prefix: prefix)
        } catch {
          node.fail("\(node.shown) \(error.message)", expected: "s3://BUCKET/PREFIX")
          return nil
        }
      }
      if text.contains("://") {
        node.fail(
          "\(node.shown) is no address that files can be kept at", expected: "a folder, or s3://BUCKET/PREFIX"
        )
        return nil
      }
      guard let path = ValueType<String>.path.read(node) else { return nil }
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        node.fail("\(node.shown) is no folder", expected: "a folder, which may not be there yet")
        return nil
      }
      return .folder(path)
    }
  }
}
