import Foundation

/// A plot of delay against polls, as SVG that can be read on light and on dark ground.
struct PacePlot {
  struct Curve {
    let name: String
    let color: String
    var isDashed = false
    /// Polls a task, and the mean delay in seconds.
    let points: [(polls: Double, delay: Double)]
  }

  let title: String
  let curves: [Curve]

  private let width = 640.0
  private let height = 400.0
  private let left = 56.0
  private let right = 150.0
  private let top = 40.0
  private let bottom = 48.0
  private let mostPolls = 30.0
  /// The scale of delays is logarithmic.
  private let delays = 0.5...40.0

  private func x(_ polls: Double) -> Double { left + polls / mostPolls * (width - left - right) }
  private func y(_ delay: Double) -> Double {
    let share = log(delay / delays.lowerBound) / log(delays.upperBound / delays.lowerBound)
    return height - bottom - share * (height - top - bottom)
  }

  var svg: String {
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(Int(width)) \#(Int(height))" font-family="sans-serif" font-size="12">"#,
      "<title>\(title)</title>",
      "<style>",
      "  text { fill: #57606a } .head { fill: #24292f; font-size: 14px } .grid { stroke: #d0d7de } path { fill: none; stroke-width: 2.5 }",
      "  @media (prefers-color-scheme: dark) { text { fill: #9198a1 } .head { fill: #f0f6fc } .grid { stroke: #3d444d } }",
      "</style>",
      text(left, 22, title, "head"),
    ]
    for polls in stride(from: 0, through: mostPolls, by: 5) {
      lines.append(line(x(polls), y(delays.lowerBound), x(polls), y(delays.upperBound)))
      lines.append(text(x(polls), height - bottom + 18, "\(Int(polls))", anchor: "middle"))
    }
    for delay in [0.5, 1, 2, 5, 10, 20, 40] {
      lines.append(line(x(0), y(delay), x(mostPolls), y(delay)))
      lines.append(text(left - 8, y(delay) + 4, delay < 1 ? "½ s" : "\(Int(delay)) s", anchor: "end"))
    }
    lines.append(text((x(0) + x(mostPolls)) / 2, height - 10, "polls a task", anchor: "middle"))
    for (index, curve) in curves.enumerated() {
      let points = curve.points.filter { $0.polls <= mostPolls && delays.contains($0.delay) }
      let path = points.map { "\(number(x($0.polls))) \(number(y($0.delay)))" }.joined(separator: " L")
      let dash = curve.isDashed ? #" stroke-dasharray="5 4""# : ""
      lines.append(#"<path d="M\#(path)" stroke="\#(curve.color)"\#(dash)/>"#)
      let place = top + 20 + Double(index) * 22
      lines.append(
        #"<path d="M\#(number(width - right + 14)) \#(number(place)) h24" stroke="\#(curve.color)"\#(dash)/>"#
      )
      lines.append(text(width - right + 44, place + 4, curve.name))
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    #"<line class="grid" x1="\#(number(x1))" y1="\#(number(y1))" x2="\#(number(x2))" y2="\#(number(y2))"/>"#
  }

  private func text(
    _ x: Double, _ y: Double, _ text: String, _ style: String? = nil, anchor: String = "start"
  )
    -> String
  {
    let style = style.map { #" class="\#($0)""# } ?? ""
    return #"<text x="\#(number(x))" y="\#(number(y))" text-anchor="\#(anchor)"\#(style)>\#(text)</text>"#
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
