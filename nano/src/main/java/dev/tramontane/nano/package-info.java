/// The embedded model, for first steps without a download. Start with {@link
/// dev.tramontane.nano.Nano}.
package dev.tramontane.nano;
