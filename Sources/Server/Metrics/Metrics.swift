import Model

/// What the daemon counts while it works. What it can tell when asked is gathered then (`Gauges`).
package final class Metrics: Sendable {
  private static let seconds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]
  /// From polls by the second to tasks that are looked at every few minutes.
  private static let lags: [Double] = [0.5, 1, 2, 3, 5, 6, 7.5, 10, 15, 20, 30, 60, 120, 300, 900]
  /// From at once to the end of the usual schedule of webhooks.
  private static let latencies: [Double] = [
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 36000, 86400,
  ]

  let polls = counters(
    "taskhook_polls_total", "Polls, by what came of them.", labels: ["source", "outcome"])
  let pollDuration = histograms(
    "taskhook_poll_duration_seconds", "From a poll's request to its answer.", labels: ["source"], seconds)
  let detectionLag = histograms(
    "taskhook_detection_lag_seconds",
    "Time between the poll that saw a transition and the one before it: the most by which it was seen late.",
    labels: ["source"], lags)
  let eventCounts = counters("taskhook_events_total", "Recorded events.", labels: ["type"])
  let attempts = counters(
    "taskhook_delivery_attempts_total", "Attempts of deliveries, by how they ended.",
    labels: ["hook", "outcome"])
  let attemptDuration = histograms(
    "taskhook_delivery_attempt_duration_seconds", "Duration of attempts.", labels: ["hook"], seconds)
  let deliveryLatency = histograms(
    "taskhook_delivery_latency_seconds", "From the time an event was seen to its delivery.", labels: ["hook"],
    latencies)
  let proxyRequests = counters(
    "taskhook_proxy_requests_total", "Requests to the proxy, by what answered them.",
    labels: ["source", "served"])
  let requests = counters(
    "taskhook_http_requests_total", "Requests to this server.", labels: ["route", "code"])
  let commits = counters("taskhook_store_commits_total", "Write transactions of the store.", labels: [])
  let commitOperations = histograms(
    "taskhook_store_commit_operations", "Operations that shared a write transaction.", labels: [],
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
  let cutOffs = counters(
    "taskhook_event_stream_cut_off_total", "Clients of the event stream that did not read and were cut off.",
    labels: [])

  /// Clients of the event stream.
  let streamClients = Gauge()
  /// Whether the config in use is the file's: 0 after a reload that failed.
  package let reloadSucceeded = Gauge(1)
  /// When the config in use was read, in seconds since 1970.
  package let reloadedAt = Gauge()

  package init() {
    _ = commits[]
    _ = commitOperations[]
    _ = cutOffs[]
  }

  var streamCutOffs: Counter { cutOffs[] }

  private static func counters(_ name: String, _ help: String, labels: [String]) -> MeterFamily<Counter> {
    MeterFamily(name, help, labels: labels) { Counter() }
  }

  private static func histograms(
    _ name: String, _ help: String, labels: [String], _ bounds: [Double]
  ) -> MeterFamily<Histogram> {
    MeterFamily(name, help, labels: labels) { Histogram(bounds) }
  }

  /// Hooks by name; all queues of callbacks are one, as their names are made by callers.
  static func label(ofHook name: String) -> String { TaskCallback.isHook(name) ? "callback" : name }
}
