/// Paged keys and values (PagedAttention, Kwon et al. 2023, section 4), and the batch that a step
/// computes. Start with {@link dev.tramontane.cache.Batch}.
package dev.tramontane.cache;
