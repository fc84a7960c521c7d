import Hummingbird
import Model

/// The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html) of some operations.
enum OpenAPIDocument {
  static func bytes(of operations: [Operation]) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("openapi", "3.1.0")
      json.key("info")
      json.object { json in
        json.member("title", "taskhook")
        json.member("version", Version.current)
        json.member("description", "Webhooks for APIs that only let you poll: the control API of one daemon.")
      }
      json.key("security")
      json.array { json in
        for name in ["bearer", "header"] {
          json.object { json in
            json.key(name)
            json.array { _ in }
          }
        }
        json.object { _ in }
      }
      json.key("paths")
      json.object { json in paths(operations, &json) }
      json.key("components")
      json.object(components)
    }
    return json.bytes
  }

  private static func paths(_ operations: [Operation], _ json: inout JSONWriter) {
    var order: [String] = []
    for operation in operations where !order.contains(operation.path) { order.append(operation.path) }
    for path in order {
      json.key(path)
      json.object { json in
        for operation in operations where operation.path == path {
          json.key(operation.method.rawValue.lowercased())
          json.object { json in write(operation, &json) }
        }
      }
    }
  }

  private static func write(_ operation: Operation, _ json: inout JSONWriter) {
    json.member("operationId", operation.id)
    json.member("summary", operation.summary)
    if operation.isOpen {
      json.key("security")
      json.array { _ in }
    }
    if !operation.parameters.isEmpty {
      json.key("parameters")
      json.array { json in for parameter in operation.parameters { write(parameter, &json) } }
    }
    if let body = operation.body {
      json.key("requestBody")
      json.object { json in
        json.member("description", body.doc)
        json.member("required", true)
        json.key("content")
        json.object { json in
          json.key("application/json")
          json.object { json in
            json.key("schema")
            body.schema.write(to: &json)
          }
          if body.takesLines {
            json.key("application/x-ndjson")
            json.object { json in
              json.key("schema")
              Schema.text.write(to: &json, doc: "One JSON object a line.")
            }
          }
        }
      }
    }
    json.key("responses")
    json.object { json in
      for outcome in operation.allOutcomes {
        json.key(String(outcome.status))
        json.object { json in write(outcome, &json) }
      }
    }
  }

  private static func write(_ parameter: Operation.Parameter, _ json: inout JSONWriter) {
    json.object { json in
      json.member("name", parameter.name)
      json.member("in", parameter.place.rawValue)
      json.member("description", parameter.doc)
      json.member("required", parameter.place == .path)
      json.key("schema")
      (parameter.isList ? Schema.array(parameter.schema) : parameter.schema).write(to: &json)
    }
  }

  private static func write(_ outcome: Operation.Outcome, _ json: inout JSONWriter) {
    json.member("description", outcome.doc)
    if outcome.content.isEmpty { return }
    json.key("content")
    json.object { json in
      for (type, schema) in outcome.content {
        json.key(type)
        json.object { json in
          json.key("schema")
          schema.write(to: &json)
        }
      }
    }
  }

  private static func components(_ json: inout JSONWriter) {
    json.key("securitySchemes")
    json.object { json in
      json.key("bearer")
      json.object { json in
        json.member("type", "http")
        json.member("scheme", "bearer")
      }
      json.key("header")
      json.object { json in
        json.member("type", "apiKey")
        json.member("in", "header")
        json.member("name", Gate.tokenField.rawName)
      }
    }
    json.key("schemas")
    json.object { json in
      for (name, schema) in Schemas.all {
        json.key(name)
        schema.write(to: &json)
      }
    }
  }
}
