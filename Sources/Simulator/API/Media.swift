/// What a task makes.
enum Media: Equatable {
  case video, image, audio

  var fileExtension: String {
    switch self {
    case .video: "mp4"
    case .image: "png"
    case .audio: "mp3"
    }
  }

  var contentType: String {
    switch self {
    case .video: "video/mp4"
    case .image: "image/png"
    case .audio: "audio/mpeg"
    }
  }

  /// The routes that create tasks, after `/v1/`: those of runwayml 5.24.0 whose answers can be waited for,
  /// and `image_to_image`.
  static let made: [String: Media] = [
    "image_to_video": .video, "text_to_video": .video, "video_to_video": .video,
    "character_performance": .video, "video_upscale": .video, "video_to_hdr": .video,
    "avatar_videos": .video, "generate/video": .video, "recipes/ad_localization": .video,
    "recipes/multi_shot_video": .video, "recipes/product_ad": .video, "recipes/product_swap": .video,
    "recipes/product_ugc": .video,
    "text_to_image": .image, "image_to_image": .image, "image_upscale": .image, "generate/image": .image,
    "recipes/marketing_stock_image": .image, "recipes/product_campaign_image": .image,
    "text_to_speech": .audio, "speech_to_speech": .audio, "sound_effect": .audio, "voice_dubbing": .audio,
    "voice_isolation": .audio, "video_to_audio": .audio, "generate/audio": .audio,
  ]
}
