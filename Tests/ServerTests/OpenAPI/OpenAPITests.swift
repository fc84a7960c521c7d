import Foundation
import Model
import Testing

@testable import Server

@Suite struct OpenAPITests {
  private static func document() throws -> JSONSlice {
    try JSONDocument(OpenAPIDocument.bytes(of: API.operations)).root
  }

  @Test func theDocumentIsServed() async throws {
    try await withServer { bench in
      let reply = try await bench.get("/openapi.json")
      #expect(reply.status == 200 && reply.header("content-type") == "application/json")
      #expect(reply.body == OpenAPIDocument.bytes(of: API.operations))
    }
  }

  /// Every operation of the document is served, and no method beside them.
  @Test func documentAndRouterHaveTheSameOperations() throws {
    let document = try Self.document()
    #expect(document["openapi"]?.string == "3.1.0")
    let paths = try #require(document["paths"])
    var listed: Set<String> = []
    let api = API()
    for (path, item) in paths.members {
      let sample = path.replacing(/\{[a-z]+\}/, with: "x")
      let methods = item.members.map { $0.key.uppercased() }
      for method in methods {
        listed.insert("\(method) \(path)")
        guard case .operation(let found, _) = try api.match(.init(method)!, sample[...]) else {
          Issue.record("\(method) \(path) is not served")
          continue
        }
        #expect(found.path == path && found.method.rawValue == method)
      }
      for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] where !methods.contains(method) {
        guard case .otherMethod(let allowed) = try api.match(.init(method)!, sample[...]) else {
          Issue.record("\(method) \(path) is served, but not in the document")
          continue
        }
        #expect(Set(allowed).subtracting(["HEAD"]) == Set(methods))
      }
    }
    #expect(listed == Set(API.operations.map { "\($0.method.rawValue) \($0.path)" }))
    #expect(Set(API.operations.map(\.id)).count == API.operations.count)
  }

  @Test func parametersOfPathsAreThoseInBraces() {
    for operation in API.operations {
      let named = operation.path.matches(of: /\{([a-z]+)\}/).map { String($0.1) }
      #expect(operation.parameters.filter { $0.place == .path }.map(\.name) == named, "\(operation.path)")
    }
  }

  @Test func whatIsReferredToIsThere() throws {
    let text = String(decoding: OpenAPIDocument.bytes(of: API.operations), as: UTF8.self)
    let names = Set(text.matches(of: /"#\/components\/schemas\/([A-Za-z]+)"/).map { String($0.1) })
    #expect(names == Set(Schemas.all.map(\.name)))
  }

  /// What is answered has just the members that the document lists, in their order.
  @Test func answersHaveTheMembersOfTheirSchemas() async throws {
    try await withServer { bench in
      bench.control.set { script in
        script.hooks = [
          HookStatus(
            name: "pipeline", action: "webhook", target: "x", state: HookState(), breaker: .off, running: 0)
        ]
        script.trial = AttemptReport(.delivered)
        script.outputs = [TaskOutput(url: "https://x/1")]
      }
      try await bench.advance(try await bench.register("x"), to: .failed, hooks: ["pipeline"])
      let delivery = try #require(try await bench.store.deliveries(DeliverySelection()).first).id
      for operation in API.operations where operation.id != "openapi" && operation.id != "metrics" {
        let path =
          operation.path.replacing("{source}", with: "runway")
          .replacing("deliveries/{id}", with: "deliveries/\(delivery)").replacing("{id}", with: "x")
          .replacing("{name}", with: "pipeline") + (operation.id == "events" ? "?format=json" : "")
        let body = ["addTasks": #"{"id": "x"}"#, "replayDeliveries": #"{"dead": true}"#][operation.id]
        let reply = try await bench.send(operation.method.rawValue, path, body: body)
        let outcome = try #require(
          operation.outcomes.first { $0.status == reply.status }, "\(operation.id): \(reply.status)")
        guard let schema = outcome.content.first(where: { $0.type == "application/json" })?.schema else {
          continue
        }
        let faults = Check.faults(try JSONDocument(reply.body).root, schema)
        #expect(faults.isEmpty, "\(operation.id): \(faults)")
      }
    }
  }
}

/// Holds a value against a schema, as far as the server's schemas go.
private enum Check {
  static func faults(_ value: JSONSlice, _ schema: Schema, at place: String = "") -> [String] {
    func need(_ isFine: Bool, _ what: String) -> [String] { isFine ? [] : ["\(place) is no \(what)"] }
    switch schema {
    case .any: return []
    case .string(let format, _, _):
      guard let text = value.string else { return ["\(place) is no string"] }
      return need(format != "date-time" || Timestamp(rfc3339: text) != nil, "time")
    case .words(let words): return need(words.contains(value.string ?? ""), "word of \(words)")
    case .integer(let range, _):
      let number = value.number.flatMap { Int(exactly: $0) }
      return need(number.map { range?.contains($0) ?? true } ?? false, "integer")
    case .number: return need(value.number != nil, "number")
    case .bool: return need(value.bool != nil, "boolean")
    case .onlyTrue: return need(value.bool == true, "true")
    case .array(let element, _):
      if value.kind != .array { return ["\(place) is no array"] }
      return value.elements.enumerated().flatMap { faults($1, element, at: "\(place)/\($0)") }
    case .map(let element):
      if value.kind != .object { return ["\(place) is no object"] }
      return value.members.flatMap { faults($0.value, element, at: "\(place)/\($0.key)") }
    case .object(let members, let isOpen, _):
      if value.kind != .object { return ["\(place) is no object"] }
      let keys = value.members.map(\.key)
      let listed = members.map(\.name).filter(keys.contains)
      var found = need(isOpen || keys == listed, "object of \(members.map(\.name)) in this order: \(keys)")
      for member in members {
        if let inner = value[member.name] {
          found += faults(inner, member.schema, at: "\(place)/\(member.name)")
        } else if member.isRequired {
          found.append("\(place)/\(member.name) is missing")
        }
      }
      return found
    case .ref(let name): return faults(value, Schemas.all.first { $0.name == name }!.schema, at: place)
    case .nullable(let inner): return value.isNull ? [] : faults(value, inner, at: place)
    case .oneOf(let schemas):
      let all = schemas.map { faults(value, $0, at: place) }
      return all.contains([]) ? [] : all.flatMap { $0 }
    }
  }
}
