/// The embedded model: one resource with its card.
@org.jspecify.annotations.NullMarked
module dev.tramontane.nano {
    requires static org.jspecify;
    requires static dev.tramontane.engine; // makes the resource when this module is built

    exports dev.tramontane.nano;
}
