/// The dashboard: one page, its script and its style. There is no data in them; the page asks this server for it.
package enum DashboardFiles {
  package static func files(index: [UInt8], script: [UInt8], style: [UInt8]) -> StaticFiles {
    StaticFiles([
      "/": StaticFiles.File(contentType: "text/html; charset=utf-8", bytes: index),
      "/dashboard/app.js": StaticFiles.File(contentType: "text/javascript; charset=utf-8", bytes: script),
      "/dashboard/style.css": StaticFiles.File(contentType: "text/css; charset=utf-8", bytes: style),
    ])
  }
}
