/// How fast images are encoded. {@link dev.tramontane.bench.vision.RandomSeeingModel} makes a model
/// of the published size, {@link dev.tramontane.bench.vision.VisionSpeed} measures it, by turns
/// with llama.cpp.
package dev.tramontane.bench.vision;
