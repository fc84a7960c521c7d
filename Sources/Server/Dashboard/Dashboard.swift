/// The dashboard: one page without data in it, which asks the API like any other caller. Its files are put into the
/// binary when it is built; a further one is a file in Files and its line here.
package enum Dashboard {
  package static let pages = StaticFiles([
    "/": StaticFiles.File(contentType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
    "/dashboard/style.css": StaticFiles.File(
      contentType: "text/css; charset=utf-8", bytes: PackageResources.style_css),
    "/dashboard/icon.svg": StaticFiles.File(contentType: "image/svg+xml", bytes: PackageResources.icon_svg),
    "/dashboard/actions.js": script(PackageResources.actions_js),
    "/dashboard/api.js": script(PackageResources.api_js),
    "/dashboard/app.js": script(PackageResources.app_js),
    "/dashboard/attempts.js": script(PackageResources.attempts_js),
    "/dashboard/deliveries.js": script(PackageResources.deliveries_js),
    "/dashboard/dom.js": script(PackageResources.dom_js),
    "/dashboard/forms.js": script(PackageResources.forms_js),
    "/dashboard/header.js": script(PackageResources.header_js),
    "/dashboard/hooks.js": script(PackageResources.hooks_js),
    "/dashboard/notes.js": script(PackageResources.notes_js),
    "/dashboard/previews.js": script(PackageResources.previews_js),
    "/dashboard/sources.js": script(PackageResources.sources_js),
    "/dashboard/stream.js": script(PackageResources.stream_js),
    "/dashboard/task.js": script(PackageResources.task_js),
    "/dashboard/tasks.js": script(PackageResources.tasks_js),
    "/dashboard/text.js": script(PackageResources.text_js),
  ])

  private static func script(_ bytes: [UInt8]) -> StaticFiles.File {
    StaticFiles.File(contentType: "text/javascript; charset=utf-8", bytes: bytes)
  }
}
