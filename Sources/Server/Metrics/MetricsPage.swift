import Model

/// All that `/metrics` tells: what was counted, and what sources, hooks and the state tell now.
struct MetricsPage {
  var metrics: Metrics
  var sources: [SourceStatus]
  var hooks: [HookStatus]
  var counts: [TaskCount]
  var backlogs: [HookBacklog]
  var now: Timestamp
  var process: ProcessFigures?

  var text: String {
    var page = Exposition()
    page.add("taskhook_build_info", "The version that runs.", [([("version", Version.current)], 1)])
    polling(&page)
    page.add(metrics.eventCounts)
    delivering(&page)
    page.add(metrics.commits)
    page.add(metrics.commitOperations)
    page.add(
      "taskhook_config_reload_success", "Whether the config was read well the last time.",
      metrics.reloadSucceeded.value)
    page.add(
      "taskhook_config_reload_timestamp_seconds", "When the config in use was read, in seconds since 1970.",
      metrics.reloadedAt.value)
    page.add(metrics.proxyRequests)
    page.add(metrics.requests)
    page.add(
      "taskhook_event_stream_clients", "Clients that read the event stream.", metrics.streamClients.value)
    page.add(metrics.cutOffs)
    process?.write(to: &page)
    return page.text
  }

  private func polling(_ page: inout Exposition) {
    page.add(metrics.polls)
    page.add(metrics.pollDuration)
    page.add(metrics.detectionLag)
    var tasks: [[String]: Int] = [:]
    for count in counts { tasks[[count.source, count.state?.rawValue ?? "new"], default: 0] += count.count }
    page.add(
      "taskhook_tasks", "Tasks in the state, by the last status that was seen; new before the first.",
      tasks.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        .map { ([("source", $0.key[0]), ("state", $0.key[1])], Double($0.value)) })
    func gauge(_ name: String, _ help: String, _ value: (SourceStatus) -> Double) {
      page.add(name, help, sources.map { ([("source", $0.name)], value($0)) })
    }
    gauge("taskhook_tasks_watched", "Tasks that are polled.") { Double($0.watched) }
    gauge("taskhook_tasks_overdue", "Tasks that are due and wait for the budget or a connection.") {
      Double($0.overdue)
    }
    gauge("taskhook_source_up", "Whether the source can be used.") { $0.down == nil ? 1 : 0 }
  }

  private func delivering(_ page: inout Exposition) {
    page.add(metrics.attempts)
    page.add(metrics.attemptDuration)
    page.add(metrics.deliveryLatency)
    let backlogs = Dictionary(grouping: backlogs) { Metrics.label(ofHook: $0.hook) }
    let hooks = Dictionary(grouping: hooks) { Metrics.label(ofHook: $0.name) }
    let labels = Set(backlogs.keys).union(hooks.keys).sorted()
    func gauge(_ name: String, _ help: String, _ value: (String) -> Double?) {
      page.add(name, help, labels.compactMap { label in value(label).map { ([("hook", label)], $0) } })
    }
    gauge("taskhook_deliveries_pending", "Deliveries that have not ended.") { label in
      Double((backlogs[label] ?? []).reduce(0) { $0 + $1.open })
    }
    gauge("taskhook_deliveries_dead", "Deliveries that were given up.") { label in
      Double((backlogs[label] ?? []).reduce(0) { $0 + $1.dead })
    }
    gauge("taskhook_delivery_oldest_pending_age_seconds", "Age of the oldest delivery that has not ended.") {
      label in
      let oldest = (backlogs[label] ?? []).compactMap(\.oldest).min()
      return oldest.map { max(0, (now - $0).seconds) } ?? 0
    }
    gauge("taskhook_hook_up", "Whether the hook works, as far as it is known.") { label in
      hooks[label].map { $0.allSatisfy { $0.state.down == nil } ? 1 : 0 }
    }
    gauge("taskhook_hook_paused", "Whether the hook waits to be resumed.") { label in
      hooks[label].map { $0.contains { $0.state.paused != nil } ? 1 : 0 }
    }
    gauge("taskhook_hook_breaker_open", "Whether the hook's breaker is open.") { label in
      hooks[label].map { $0.contains { $0.breaker == .open } ? 1 : 0 }
    }
  }
}
