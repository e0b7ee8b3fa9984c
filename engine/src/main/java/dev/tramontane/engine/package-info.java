/// The lower floor: token ids in, token ids out. It owns the weights, the kernels, the cache, the
/// scheduler and the sampler, and knows nothing of text. Start with {@link
/// dev.tramontane.engine.Engine}.
package dev.tramontane.engine;
