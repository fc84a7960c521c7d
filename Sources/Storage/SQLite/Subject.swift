/// What an event is about, by the number of its row.
enum Subject {
  case task(Int64)
  case source(Int64)
  case hook(Int64)

  var task: Int64? { if case .task(let row) = self { row } else { nil } }
  var source: Int64? { if case .source(let row) = self { row } else { nil } }
  var hook: Int64? { if case .hook(let row) = self { row } else { nil } }

  /// The lane of its deliveries within each hook they are bound for. Numbers of tasks count up from 1, those of
  /// sources and of hooks never reach 2⁴⁰: so no two subjects share one.
  var lane: Int64 {
    switch self {
    case .task(let row): row
    case .source(let row): -row
    case .hook(let row): -(1 << 40) - row
    }
  }
}
