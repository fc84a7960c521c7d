import Model
import Testing

@testable import Server

@Suite struct MeterTests {
  @Test func aHistogramCountsUpToEachBound() {
    let histogram = Histogram([1, 2, 5])
    for value in [0.5, 1, 1.5, 2, 7] { histogram.observe(value) }
    #expect(histogram.reading == Histogram.Reading(cumulative: [2, 4, 4], count: 5, sum: 12))
  }

  @Test func metersOfTheSameLabelsAreTheSame() async {
    let family = MeterFamily("x_total", "X.", labels: ["a"]) { Counter() }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { for _ in 0..<1000 { family["1"].add() } } }
    }
    family["2"].add(5)
    #expect(family.all.map(\.values) == [["1"], ["2"]])
    #expect(family.all.map(\.meter.value) == [8000, 5])
  }

  @Test func theTextIsWhatPrometheusReads() {
    var page = Exposition()
    let counters = MeterFamily("x_total", "X.", labels: ["a", "b"]) { Counter() }
    counters["q\"\\\n", "é"].add(3)
    page.add(counters)
    let histograms = MeterFamily("h_seconds", "H.") { Histogram([0.5, 1]) }
    histograms[].observe(0.75)
    page.add(histograms)
    page.add("g", "G.", 1.5)
    page.add("none", "Nothing.", [])
    #expect(
      page.text == """
        # HELP x_total X.
        # TYPE x_total counter
        x_total{a="q\\"\\\\\\n",b="é"} 3
        # HELP h_seconds H.
        # TYPE h_seconds histogram
        h_seconds_bucket{le="0.5"} 0
        h_seconds_bucket{le="1"} 1
        h_seconds_bucket{le="+Inf"} 1
        h_seconds_sum 0.75
        h_seconds_count 1
        # HELP g G.
        # TYPE g gauge
        g 1.5

        """)
  }

  @Test func theProcessTellsOfItself() throws {
    let figures = try #require(
      ProcessFigures(
        stat: "42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 5 0 1000 1000000 25 1844",
        system: "cpu 1 2 3\nbtime 1700000000\n",
        limits:
          "Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 4096                 files\n",
        openFiles: 7, ticks: 100, page: 4096))
    #expect(figures.cpuSeconds == 3 && figures.startedAt == 1_700_000_010)
    #expect(figures.virtualBytes == 1_000_000 && figures.residentBytes == 102_400)
    #expect(figures.openFiles == 7 && figures.mostFiles == 1024)
    #expect(ProcessFigures(stat: "42", system: "", limits: "", openFiles: 0, ticks: 100, page: 1) == nil)
    let own = try #require(ProcessFigures.read())
    #expect(own.residentBytes > 1_000_000 && own.openFiles > 2 && own.startedAt > 1_700_000_000)
  }

  @Test func everyOutcomeHasItsOwnCounter() {
    let metrics = Metrics()
    let source = SourceMeters(metrics, source: "s")
    for outcome in PollOutcome.allCases { source.polled(outcome, in: .seconds(1)) }
    #expect(metrics.polls.all.allSatisfy { $0.meter.value == 1 })
    #expect(Set(metrics.polls.all.map { $0.values[1] }) == Set(PollOutcome.allCases.map(\.rawValue)))
    let hook = HookMeters(metrics, hook: "h")
    for outcome in AttemptOutcome.allCases { hook.attempted(outcome, in: .seconds(1)) }
    #expect(metrics.attempts.all.allSatisfy { $0.meter.value == 1 })
    #expect(metrics.deliveryLatency["h"].reading.count == 0)
  }
}
