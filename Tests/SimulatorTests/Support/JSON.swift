import Foundation
import Testing

@testable import Simulator

/// A JSON object as a test reads it.
struct JSON {
  let values: [String: Any]

  init(_ bytes: [UInt8]) throws {
    values = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private init(values: [String: Any]) { self.values = values }

  subscript(_ key: String) -> String? { values[key] as? String }
  func number(_ key: String) -> Double? { (values[key] as? NSNumber)?.doubleValue }
  func strings(_ key: String) -> [String]? { values[key] as? [String] }
  func object(_ key: String) throws -> JSON { JSON(values: try #require(values[key] as? [String: Any])) }
  var keys: Set<String> { Set(values.keys) }
}

extension Reply {
  func json() throws -> JSON { try JSON(body) }
  func header(_ name: String) -> String? { headers.first(name) }
}
