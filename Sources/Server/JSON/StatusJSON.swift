import Model

/// Sources and hooks as they stand.
enum StatusJSON {
  static func write(_ source: SourceStatus, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", source.name)
      writer.member("provider", source.provider)
      writer.member("base_url", source.baseURL)
      writer.member("up", source.down == nil)
      writer.member("down_reason", source.down)
      writer.member("watched", source.watched)
      writer.member("overdue", source.overdue)
      writer.member("poll_every_ms", Int(source.pollEvery.milliseconds))
      writer.key("rate_per_second")
      writer.number(Double(source.rate.count) / source.rate.per.seconds)
      writer.member("connections", source.connections)
      writer.member("running", source.running)
      writer.member("polls", source.polls)
      writer.member("failures", source.failures)
      writer.member("polls_last_minute", source.pollsLastMinute)
      writer.member("failures_last_minute", source.failuresLastMinute)
      writer.member("paused_until", source.pausedUntil?.iso8601)
    }
  }

  /// - Parameter backlog: what waits for the hook; nil for nothing.
  static func write(_ hook: HookStatus, _ backlog: HookBacklog?, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", hook.name)
      writer.member("action", hook.action)
      writer.member("target", hook.target)
      writer.member("up", hook.state.down == nil)
      writer.member("down_reason", hook.state.down)
      writer.member("paused", hook.state.paused)
      writer.member("not_before", hook.state.notBefore?.iso8601)
      writer.member("breaker", hook.breaker.rawValue)
      writer.member("next_probe", hook.nextProbe?.iso8601)
      writer.member("running", hook.running)
      writer.member("open", backlog?.open ?? 0)
      writer.member("oldest", backlog?.oldest?.iso8601)
      writer.member("dead", backlog?.dead ?? 0)
    }
  }
}
