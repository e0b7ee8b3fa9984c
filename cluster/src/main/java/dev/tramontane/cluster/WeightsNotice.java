package dev.tramontane.cluster;

/// That there are new weights, and where: what travels as a message in place of the weights.
///
/// @param version updates made so far
/// @param file its name at who has it
/// @param bytes of the file
/// @param sha256 of its content, in hexadecimal digits
/// @param host where it is served
/// @param port of that service
record WeightsNotice(long version, String file, long bytes, String sha256, String host, int port) {}
