import Hooks
import Model
import Synchronization

/// Keeps what goes through a transport, so that it can be shown.
final class ExchangeRecorder: HTTPTransport {
  struct Exchange: Sendable {
    var request: HTTPRequest
    var answer: Result<HTTPResponse, HTTPError>
    var took: Duration
  }

  private let transport: any HTTPTransport
  private let time: any TimeSource
  private let kept = Mutex<[Exchange]>([])

  init(_ transport: any HTTPTransport, time: any TimeSource) {
    self.transport = transport
    self.time = time
  }

  var exchanges: [Exchange] { kept.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let begun = time.now
    do throws(HTTPError) {
      let response = try await transport.send(request)
      keep(request, .success(response), since: begun)
      return response
    } catch {
      keep(request, .failure(error), since: begun)
      throw error
    }
  }

  private func keep(_ request: HTTPRequest, _ answer: Result<HTTPResponse, HTTPError>, since begun: Moment) {
    let exchange = Exchange(request: request, answer: answer, took: time.now - begun)
    kept.withLock { $0.append(exchange) }
  }
}

extension ExchangeRecorder.Exchange {
  /// The exchange as curl shows one: `>` what went out, `<` what came back. `hide` masks the hook's secrets;
  /// headers that `preview` does not show are not shown here. Beside the hook's own request there may be one for
  /// an access token: what was given is not shown.
  func lines(hiding hide: ([UInt8]) -> [UInt8], preview: HookPreview) -> [String] {
    let action = "\(request.profile.method) \(SecretURL(request.url))"
    let isOwn = action == preview.action
    var lines = ["> \(action)"]
    let hidden = Dictionary(
      preview.details.filter { isOwn && $0.value.contains("***") }.map { ($0.name.lowercased(), $0.value) },
      uniquingKeysWith: { first, _ in first })
    func text(_ bytes: [UInt8]) -> [String] {
      // One line of the terminal for each of the text; all other control characters are escaped.
      hide(bytes).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(
        HookPreview.printable)
    }
    for header in request.profile.headers + request.headers {
      let value = hidden[header.name.lowercased()] ?? text(Array(header.value.utf8)).joined(separator: " ")
      lines.append("> \(header.name): \(value)")
    }
    lines.append(">")
    lines += text(request.body ?? []).map { "> " + $0 }
    let span = "\(took.milliseconds) ms"
    switch answer {
    case .failure(let error):
      lines.append("< no answer after \(span): " + text(Array(error.message.utf8)).joined(separator: " "))
    case .success(let response):
      lines.append("< HTTP \(response.status) after \(span)")
      let headers = response.headers.raw.filter { $0 != UInt8(ascii: "\r") }
      lines += text(headers).filter { !$0.isEmpty }.map { "< " + $0 }
      lines.append("<")
      if isOwn || response.status >= 300 {
        lines += text(response.body).map { "< " + $0 }
      } else {
        lines.append("< (\(response.body.count) bytes, not shown: a token may be in them)")
      }
      if response.truncated { lines.append("< … (the rest was not read)") }
    }
    return lines
  }
}
