/// The embedded model.
@org.jspecify.annotations.NullMarked
module dev.tramontane.nano {
    requires static org.jspecify;

    exports dev.tramontane.nano;
}
