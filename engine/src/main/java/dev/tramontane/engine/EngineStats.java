package dev.tramontane.engine;

/// What an engine is doing, at one moment.
///
/// @param waiting requests that wait to run, or to go on
/// @param running requests that run
/// @param cache the keys and values
/// @param computedTokens tokens computed since the start, prompts included
/// @param sampledTokens tokens chosen since the start
/// @param setBacks how often since the start a request had to wait in favour of another, and to
///   compute again what it lost
/// @param tokensPerSecond tokens chosen in a second of computing, as of late; 0 before the first
public record EngineStats(
        int waiting,
        int running,
        Cache cache,
        long computedTokens,
        long sampledTokens,
        long setBacks,
        double tokensPerSecond) {
    /// The memory for keys and values.
    ///
    /// @param blocks all of it
    /// @param freeBlocks blocks that no request owns
    /// @param restingBlocks those of them that are kept for requests with the same beginning
    /// @param bytes of all blocks
    /// @param reusedTokens prompt tokens since the start that were not computed, since their keys
    ///   and values were there; counted when a request ends
    public record Cache(
            int blocks, int freeBlocks, int restingBlocks, long bytes, long reusedTokens) {}
}
