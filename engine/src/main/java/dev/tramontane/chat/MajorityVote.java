package dev.tramontane.chat;

import dev.tramontane.sampling.SamplingParams;

import java.util.Optional;

/// Answers a question several times and gives the answer that most agree on (self-consistency: Wang
/// et al. 2023, section 2).
///
/// The samples run side by side in the model, share what it computes for the prompt, and differ in
/// their seeds: that of the request, the next, and so on, so a seeded vote can be repeated. What an
/// answer says is its {@link AnswerKey}; an answer that calls tools says what it calls. An answer
/// that broke off, by a limit or a circle, has no vote. The first of equals is the one that the
/// sample with the lowest number gave. When no answer still to come can change the winner, the
/// samples that run are cancelled. Where the model takes no more requests, the samples that are
/// left begin as those that run are done.
///
/// The stream tells how votes stand each time a sample is done ({@link ChatEvent.Voted}), then the
/// thinking and the answer of the winner's first sample, each in one piece. Its usage counts the
/// prompt once and the tokens of all samples.
public final class MajorityVote implements ChatModel {
    /// Samples of one vote at most.
    public static final int MOST_SAMPLES = 1024;

    private final ChatModel model;
    private final int samples;

    /// @param model what answers; stays the caller's to close
    /// @param samples two at least
    public MajorityVote(ChatModel model, int samples) {
        if (samples < 2 || samples > MOST_SAMPLES) {
            throw new InvalidRequestException(
                    "votes",
                    "found %d, expected 2 to %d samples; change the number"
                            .formatted(samples, MOST_SAMPLES));
        }
        this.model = model;
        this.samples = samples;
    }

    /// @throws InvalidRequestException when the request must change, also one whose temperature is
    ///   0: all its samples would be the same
    /// @throws dev.tramontane.engine.EngineOverloadedException when the model takes not one sample;
    ///   it is thrown to the reader where that is so when all that have begun are done
    @Override
    public VoteStream chat(ChatRequest request) {
        if (request.sampling().map(SamplingParams::temperature).orElse(1f) == 0) {
            throw new InvalidRequestException(
                    "temperature",
                    "0, with which all answers are the same, expected more for a vote; raise it or"
                            + " ask once");
        }
        return VoteStream.begin(samples, sample -> model.chat(seeded(request, sample)));
    }

    private static ChatRequest seeded(ChatRequest request, int sample) {
        Optional<SamplingParams> sampling = request.sampling();
        return sampling.map(params -> request.withSampling(params.withSeed(params.seed() + sample)))
                .orElse(request);
    }

    /// Does nothing: the model is its owner's.
    @Override
    public void close() {}
}
