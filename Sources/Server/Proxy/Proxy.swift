import Hummingbird
import HummingbirdCore
import Logging
import Model
import Synchronization

/// `/proxy/SOURCE/…`: passes requests on to the source's API, watches the tasks that they create, and answers for
/// watched tasks from what their polls saw, so that any number of clients cost one poll.
package final class Proxy: RequestHandler {
  private let sources: any ProxySources
  private let control: any Control
  private let metrics: Metrics
  private let time: any TimeSource
  private let log: Logger
  private let settings: Mutex<ProxySettings>
  private let upstream: Upstream
  private let observations: Observations

  /// `transport` is best one of its own: what streams through it is not to keep polls waiting.
  package init(
    sources: any ProxySources, control: any Control, metrics: Metrics, transport: any HTTPTransport,
    settings: ProxySettings, time: any TimeSource, log: Logger
  ) {
    self.sources = sources
    self.control = control
    self.metrics = metrics
    self.time = time
    self.log = log
    self.settings = Mutex(settings)
    upstream = Upstream(transport)
    observations = Observations(store: control.store, time: time)
  }

  /// Takes other settings for the requests to come.
  package func follow(_ settings: ProxySettings) { self.settings.withLock { $0 = settings } }

  package func answer(_ request: Request) async throws -> Response {
    var target = try ProxyTarget(request.head.path ?? "")
    guard let source = sources.source(named: target.source) else {
      throw Problem.notFound("There is no source \(Quoted.text(target.source)).")
    }
    let wishes = try CreateWishes(request.headers, control: control)
    let settings = settings.withLock { $0 }
    if let traffic = source.traffic { target.path = traffic.place(target.path) }
    let isPoll = request.method == .get && target.query.isEmpty
    let polled = isPoll ? source.traffic?.polledID(target.path) : nil
    if let polled {
      let ref = TaskRef(source: source.name, id: polled)
      if let seen = await observations.answer(for: ref, from: source, notOlderThan: settings.fresh) {
        metrics.proxied(source: source.name, by: .observation)
        return seen
      }
    }
    metrics.proxied(source: source.name, by: .upstream)
    let exchange = upstream.begin(
      request, target, source, key: settings.sharesKey ? source.ownHeaders : [])
    if source.traffic?.mayCreate(request.method.rawValue, target.path) == true {
      let registrar = Registrar(control: control, source: source, wishes: wishes, log: log)
      return await create(exchange, registrar)
    }
    return await withTaskCancellationHandler {
      await pass(exchange, readingTasks: polled == nil ? nil : source.traffic)
    } onCancel: {
      exchange.cancel()
    }
  }

  // MARK: Answers

  /// An answer as it comes; that of a poll without its envelope.
  private func pass(_ exchange: Exchange, readingTasks traffic: (any TaskTraffic)?) async -> Response {
    do throws(Model.HTTPError) {
      let head = try await exchange.answer.head()
      guard let traffic, head.isJSON else { return Passage.response(head, exchange) }
      let (bytes, isWhole) = try await exchange.collect(upTo: Passage.mostRead)
      let bare = isWhole ? traffic.bare(head.response(bytes)) : nil
      return Passage.response(head, exchange, prefix: bare ?? bytes, isWhole: isWhole, isChanged: bare != nil)
    } catch {
      return Passage.response(to: error, exchange)
    }
  }

  /// The answer to a request that creates a task: whoever has left by then, the task is watched. It is made in a task
  /// of its own, which nobody cancels once the whole request has gone out.
  private func create(_ exchange: Exchange, _ registrar: Registrar) async -> Response {
    let creation = Task { () -> Response in
      do throws(Model.HTTPError) {
        let head = try await exchange.answer.head()
        guard head.isJSON, head.status / 100 == 2 else { return Passage.response(head, exchange) }
        let (bytes, isWhole) = try await exchange.collect(upTo: Passage.mostRead)
        guard isWhole else { return Passage.response(head, exchange, prefix: bytes, isWhole: false) }
        let outcome = await registrar.register(head.response(bytes))
        var response = Passage.response(
          head, exchange, prefix: outcome?.bare ?? bytes, isWhole: true, isChanged: outcome?.bare != nil)
        if let outcome { response.headers[Passage.watched] = outcome.isWatched ? "true" : "false" }
        return response
      } catch {
        return Passage.response(to: error, exchange)
      }
    }
    return await withTaskCancellationHandler {
      await creation.value
    } onCancel: {
      if !exchange.isSent { exchange.cancel() }
    }
  }
}

extension AnswerStream.Head {
  /// Whether the body is JSON that may be read for tasks.
  var isJSON: Bool {
    guard status / 100 == 2, headers["content-encoding"] == nil else { return false }
    let type = (headers["content-type"] ?? "").prefix { $0 != ";" }.trimmed.lowercased()
    return type == "application/json" || type.hasSuffix("+json")
  }

  func response(_ body: [UInt8]) -> Model.HTTPResponse {
    Model.HTTPResponse(status: status, headers: headers, body: body)
  }
}
