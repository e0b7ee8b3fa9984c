/// What talks to other machines. Nothing below it knows that there are any.
@org.jspecify.annotations.NullMarked
module dev.tramontane.wire {
    requires static org.jspecify;
    requires transitive dev.tramontane.engine;
    requires java.net.http;
    requires java.desktop;
    requires com.twelvemonkeys.imageio.webp;

    exports dev.tramontane.wire;
    exports dev.tramontane.wire.image;
}
