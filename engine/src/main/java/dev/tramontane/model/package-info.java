/// The Mistral decoder: configuration, weights, and the forward pass. Start with {@link
/// dev.tramontane.model.Transformer}.
package dev.tramontane.model;
