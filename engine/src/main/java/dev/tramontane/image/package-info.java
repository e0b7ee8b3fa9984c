/// What a model is shown: an image's pixels ({@link dev.tramontane.image.RgbImage}), how many
/// tokens it becomes ({@link dev.tramontane.image.ImageGrid}), and the numbers that the vision
/// encoder reads ({@link dev.tramontane.image.ImagePatches}).
///
/// Preprocessing follows mistral-common, which the models were trained with: two other
/// implementations (Hugging Face's processor, llama.cpp) round and filter in other ways. Files are
/// decoded elsewhere.
package dev.tramontane.image;
