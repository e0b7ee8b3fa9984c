/// Teaches a model by gradients: supervised, and by reinforcement with graded samples.
///
/// Start with {@link dev.tramontane.train.TrainableTransformer}: one forward and one backward pass,
/// straight down the page, over weights that the engine can read while they learn ({@link
/// dev.tramontane.train.TrainableWeights}).
package dev.tramontane.train;
