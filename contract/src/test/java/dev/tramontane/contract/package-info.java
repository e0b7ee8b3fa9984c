/// The server as clients of other people meet it: each is asked what its users ask of it, against a
/// server of this process whose model is scripted.
package dev.tramontane.contract;
