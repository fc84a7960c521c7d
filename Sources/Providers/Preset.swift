import Config

/// A mapping that comes with the program. Each is one YAML file, put into the binary when it is built; a further one
/// is a file in Presets, its line here and its case, and its fixtures.
package enum Preset: String, Sendable, CaseIterable {
  case runway
  case runwayFeed = "runway-feed"
  case kling
  case videos
  case grok
  case seedance
  case midjourney
  case suno
  case runwayDirect = "runway-direct"
  case replicate
  case luma
  case fal
  case openaiBatch = "openai-batch"
  case openaiResponse = "openai-response"
  case huggingfaceJob = "huggingface-job"
  case googleOperation = "google-operation"
  case azureOperation = "azure-operation"
  case githubActions = "github-actions"
  case runpod

  /// The file as it was written.
  package var yaml: [UInt8] {
    switch self {
    case .runway: PackageResources.runway_yaml
    case .runwayFeed: PackageResources.runway_feed_yaml
    case .kling: PackageResources.kling_yaml
    case .videos: PackageResources.videos_yaml
    case .grok: PackageResources.grok_yaml
    case .seedance: PackageResources.seedance_yaml
    case .midjourney: PackageResources.midjourney_yaml
    case .suno: PackageResources.suno_yaml
    case .runwayDirect: PackageResources.runway_direct_yaml
    case .replicate: PackageResources.replicate_yaml
    case .luma: PackageResources.luma_yaml
    case .fal: PackageResources.fal_yaml
    case .openaiBatch: PackageResources.openai_batch_yaml
    case .openaiResponse: PackageResources.openai_response_yaml
    case .huggingfaceJob: PackageResources.huggingface_job_yaml
    case .googleOperation: PackageResources.google_operation_yaml
    case .azureOperation: PackageResources.azure_operation_yaml
    case .githubActions: PackageResources.github_actions_yaml
    case .runpod: PackageResources.runpod_yaml
    }
  }

  /// The file is not what it should be: a fault of the program, not of its user.
  package struct Broken: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Reads the file.
  package func mapping() throws(Broken) -> Mapping {
    let diagnostics = Diagnostics()
    let mapping = ConfigFile.parse(
      yaml, name: "\(rawValue).yaml", folder: "/", environment: [:], diagnostics: diagnostics
    )?.read(Mapping.self)
    guard let mapping, !diagnostics.hasErrors else {
      throw Broken(description: diagnostics.errors.map(\.description).joined(separator: "\n"))
    }
    return mapping
  }
}
