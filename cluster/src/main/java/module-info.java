/// A training run spread over machines: Apache Pekko tells who is there, and carries what is small.
@org.jspecify.annotations.NullMarked
module dev.tramontane.cluster {
    requires static org.jspecify;
    requires dev.tramontane.engine;
    requires dev.tramontane.eval;
    requires dev.tramontane.train;
    requires pekko.actor;
    requires pekko.actor.typed;
    requires pekko.cluster;
    requires scala.library;
    requires typesafe.config;
    requires org.slf4j;

    // Pekko makes serializers by their name.
    opens dev.tramontane.cluster to
            pekko.actor;
}
