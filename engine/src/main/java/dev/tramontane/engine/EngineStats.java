package dev.tramontane.engine;

/// What an engine is doing, at one moment.
///
/// @param waiting requests that wait to run
/// @param running requests that run
/// @param freeBlocks blocks of the cache that no request owns
/// @param blocks all blocks of the cache
/// @param kvCacheBytes memory of the cache
/// @param computedTokens tokens computed since the start, prompts included
/// @param sampledTokens tokens chosen since the start
/// @param tokensPerSecond tokens chosen in a second of computing, as of late; 0 before the first
public record EngineStats(
        int waiting,
        int running,
        int freeBlocks,
        int blocks,
        long kvCacheBytes,
        long computedTokens,
        long sampledTokens,
        double tokensPerSecond) {}
