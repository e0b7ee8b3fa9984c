package dev.tramontane.cluster;

import java.io.IOException;

/// Fetches weights and puts them where a generator samples from.
interface WeightsReceiver {
    void load(WeightsNotice notice) throws IOException;
}
