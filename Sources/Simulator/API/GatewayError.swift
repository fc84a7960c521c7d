import Model

/// Errors in the shape that CometAPI's error pages show.
enum GatewayError {
  static func reply(_ status: Int, _ message: String, code: String, headers: [HTTPHeader] = []) -> Reply {
    .json(status, headers: headers) { writer in
      writer.key("error")
      writer.object { writer in
        writer.key("message")
        writer.string(message)
        writer.key("type")
        writer.string("comet_api_error")
        writer.key("param")
        writer.string("")
        writer.key("code")
        writer.string(code)
      }
    }
  }
}

/// The ways in which gateways of this family say that there is no such task.
enum NotFoundShape: CaseIterable {
  /// HTTP 400 with `code` (new-api, relay_task.go).
  case code
  /// A bare 404.
  case bare
  /// HTTP 200 with no data (new-api, an empty fetch).
  case noData
  /// HTTP 200 with a status of its own, as CometAPI's tutorial tests for.
  case status
  /// HTTP 404 with an error object.
  case error

  /// The same for one id always.
  init(seed: UInt64, id: String) {
    var dice = Dice(seed: seed, "not found", id)
    self = dice.pick(Self.allCases)
  }

  var reply: Reply {
    switch self {
    case .code:
      .json(400) { writer in
        writer.key("code")
        writer.string("task_not_exist")
        writer.key("message")
        writer.string("task_not_exist")
        writer.key("data")
        writer.null()
      }
    case .bare: Reply(404)
    case .noData:
      .json(200) { writer in
        writer.key("code")
        writer.string("success")
        writer.key("data")
        writer.null()
      }
    case .status:
      .json(200) { writer in
        writer.key("status")
        writer.string("task_not_exist")
      }
    case .error: GatewayError.reply(404, "The task does not exist.", code: "task_not_exist")
    }
  }
}
