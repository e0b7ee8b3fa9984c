package dev.tramontane.cluster;

import dev.tramontane.engine.Engine;
import dev.tramontane.train.TrainableWeights;

import java.io.IOException;

/// Puts fetched weights into a running engine, between two of its steps. One thread at a time may
/// call.
///
/// @param landing of the engine's network, in memory that is not the engine's
record EngineWeights(WeightsFetch fetch, TrainableWeights landing, Engine engine)
        implements WeightsReceiver {
    @Override
    public void load(WeightsNotice notice) throws IOException {
        fetch.read(notice, file -> WeightsFile.read(file, notice.version(), landing));
        engine.publish(landing.model(), notice.version());
    }
}
