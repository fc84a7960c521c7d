import Model

/// The saving of one task's outputs, all of them at once as far as the source's places reach.
struct TaskSave: Sendable {
  let workshop: Workshop
  let site: Site
  let save: PendingSave

  /// Nil where it was stopped.
  func run() async -> SaveReport? {
    let names = CopyNames(save, template: site.settings.name)
    let renewals = Renewals(save, renewer: workshop.renewer)
    return await withTaskGroup(of: (Int, Result<SavedFile, SaveFailure>).self) { group in
      for index in save.outputs.indices {
        let output = OutputRun(
          workshop: workshop, site: site, save: save, index: index, names: names, renewals: renewals)
        group.addTask {
          do throws(SaveFailure) { return (index, .success(try await output.run())) } catch {
            return (index, .failure(error))
          }
        }
      }
      var report: SaveReport? = SaveReport()
      for await (index, result) in group {
        switch result {
        case .success(let file): report?.files[index] = file
        case .failure(.failed(let reason)): report?.failures[index] = reason
        case .failure(.stopped): report = nil
        }
      }
      return report
    }
  }
}
