/// From logits to a token: parameters, masks, and the one documented order. Start with {@link
/// dev.tramontane.sampling.Sampler}.
package dev.tramontane.sampling;
