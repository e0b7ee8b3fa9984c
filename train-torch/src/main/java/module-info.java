/// The trainer's losses computed by libtorch, PyTorch's C++ library, through JavaCPP.
///
/// Beside the module, the jars with the native libraries of a platform must be on the class path.
@org.jspecify.annotations.NullMarked
module dev.tramontane.train.torch {
    requires static org.jspecify;
    requires dev.tramontane.engine;
    requires dev.tramontane.train;
    requires org.bytedeco.pytorch;
}
